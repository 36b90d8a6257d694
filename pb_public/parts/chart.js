import { html, useState } from "../html.js";
import { calendarDay, number, t } from "../i18n/index.js";
import { Card } from "./page.js";

const size = { width: 640, height: 180, base: 156, top: 14, gap: 6, label: 176 };

/**
 * A card around a drawing: title, the figure it adds up to, and the same as a table for those who want the numbers.
 * @param {{title: string, right?: unknown, table: {head: string[], rows: unknown[][]}}} props
 */
export function ChartFrame({ title, right, table, children }) {
  return html`
    <${Card} title=${title} right=${right} flush>
      <div class="chart">${children}</div>
      <details class="chart-table">
        <summary>${t("chart.table")}</summary>
        <table class="table plain">
          <thead><tr>${table.head.map((words, i) => html`<th key=${words} class=${i ? "figures" : ""}>${words}</th>`)}</tr></thead>
          <tbody>${table.rows.map((row, n) => html`<tr key=${n}>${row.map((cell, i) => html`<td key=${i} class=${i ? "figures" : ""}>${cell}</td>`)}</tr>`)}</tbody>
        </table>
      </details>
    <//>
  `;
}

/**
 * Mails by day: what was sent as columns, what failed on top of them.
 * @param {{days: {day: string, sent: number, failure: number}[], label: string}} props day: "2026-11-23"
 */
export function DayBars({ days, label }) {
  const [pointed, point] = useState(-1);
  const highest = Math.max(1, ...days.map(({ sent, failure }) => sent + failure));
  const scale = (size.base - size.top) / highest;
  const step = size.width / Math.max(1, days.length);
  const gap = Math.min(size.gap, step / 3);
  const shown = days[pointed];
  const marks = [0, Math.floor((days.length - 1) / 2), days.length - 1].filter((at, i, all) => at >= 0 && all.indexOf(at) === i);
  return html`
    <p class="chart-said num" aria-live="off">${shown ? t("chart.day", { day: calendarDay(shown.day), sent: shown.sent, failure: shown.failure }) : "\u00a0"}</p>
    <svg viewBox=${`0 0 ${size.width} ${size.height}`} role="img" aria-label=${label} onPointerLeave=${() => point(-1)}>
      ${[0, 0.5, 1].map((part) => html`<line key=${part} class="grid" x1="0" x2=${size.width} y1=${size.base - (size.base - size.top) * part} y2=${size.base - (size.base - size.top) * part} />`)}
      ${[0.5, 1].map((part) => highest * part >= 1 && html`<text key=${part} class="mark" x=${size.width} y=${size.base - (size.base - size.top) * part - 4} text-anchor="end">${number(Math.round(highest * part))}</text>`)}
      ${days.map(({ day: name, sent, failure }, i) => {
        const x = i * step + gap / 2;
        const width = step - gap;
        const good = sent * scale;
        const bad = failure * scale;
        return html`
          <g key=${name} class=${i === pointed ? "column pointed" : "column"} onPointerEnter=${() => point(i)}>
            <rect class="reach" x=${i * step} y="0" width=${step} height=${size.base} />
            ${sent > 0 && html`<rect class="good" x=${x} y=${size.base - good} width=${width} height=${good} rx="2.5" />`}
            ${failure > 0 && html`<rect class="bad" x=${x} y=${size.base - good - Math.max(2, bad) - 1.5} width=${width} height=${Math.max(2, bad)} rx="1.5" />`}
          </g>
        `;
      })}
      ${marks.map((at, i) => html`<text key=${at} class="mark" x=${i === 0 ? 0 : i === marks.length - 1 ? size.width : (at + 0.5) * step} y=${size.label} text-anchor=${i === 0 ? "start" : i === marks.length - 1 ? "end" : "middle"}>${calendarDay(days[at].day)}</text>`)}
    </svg>
  `;
}
