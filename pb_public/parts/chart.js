import { html, useEffect, useRef, useState } from "../html.js";
import { calendarDay, calendarSpan, number, t } from "../i18n/index.js";
import { Card } from "./page.js";

/** In pixels; the width is what it is until it has been measured, and never so small that columns would have none. */
const size = { width: 640, least: 120, height: 200, base: 172, top: 8, gap: 6, widest: 40, label: 192, between: 76, half: 26, digit: 7, round: 2.5 };

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
          <thead><tr>${table.head.map((words, i) => html`<th key=${words} scope="col" class=${i ? "figures" : ""}>${words}</th>`)}</tr></thead>
          <tbody>${table.rows.map((row, n) => html`<tr key=${n}>${row.map((cell, i) => html`<td key=${i} class=${i ? "figures" : ""}>${cell}</td>`)}</tr>`)}</tbody>
        </table>
      </details>
    <//>
  `;
}

/**
 * Mails by day or by a longer stretch: what was sent as columns, what failed on top of them.
 * @param {{days: {day: string, until?: string, sent: number, failure: number}[], label: string}} props day: "2026-11-23"; until: the last day of the stretch
 */
export function DayBars({ days, label }) {
  const [pointed, point] = useState(-1);
  const [place, width] = useWidth();
  const highest = roundedUp(Math.max(1, ...days.map(({ sent, failure }) => sent + failure)));
  const lines = [0, 0.5, 1].filter((part) => part === 0 || Number.isInteger(highest * part));
  const end = width - size.digit * number(highest).length - size.gap;
  const scale = (size.base - size.top) / highest;
  const step = end / Math.max(1, days.length);
  const across = Math.min(step - Math.min(size.gap, step / 3), size.widest);
  const shown = days[pointed];
  return html`
    <div class="chart-head">
      <ul class="legend">
        <li><span class="dot good"></span>${t("chart.sent")}</li>
        <li><span class="dot failed"></span>${t("chart.failure")}</li>
      </ul>
      <p class="chart-said num" aria-live="off">${shown && t("chart.day", { day: nameOf(shown), sent: shown.sent, failure: shown.failure })}</p>
    </div>
    <svg ref=${place} viewBox=${`0 0 ${width} ${size.height}`} role="img" aria-label=${label} onPointerLeave=${() => point(-1)}>
      ${lines.map((part) => html`<line key=${part} class="grid" x1="0" x2=${end} y1=${size.base - highest * scale * part} y2=${size.base - highest * scale * part} />`)}
      ${lines.map((part) => html`<text key=${part} class="mark" x=${width} y=${size.base - highest * scale * part + 4} text-anchor="end">${number(highest * part)}</text>`)}
      ${days.map(({ day: name, sent, failure }, i) => {
        const x = (i + 0.5) * step - across / 2;
        const good = sent * scale;
        const bad = failure * scale;
        return html`
          <g key=${name} class=${i === pointed ? "column pointed" : "column"} onPointerEnter=${() => point(i)}>
            <rect class="reach" x=${i * step} y="0" width=${step} height=${size.base} />
            ${sent > 0 && html`<rect class="good" x=${x} y=${size.base - good} width=${across} height=${good} rx=${Math.min(size.round, across / 3)} />`}
            ${failure > 0 && html`<rect class="bad" x=${x} y=${size.base - good - Math.max(2, bad) - 1.5} width=${across} height=${Math.max(2, bad)} rx="1.5" />`}
          </g>
        `;
      })}
      ${marksOf(days.length, end).map((at) => {
        const middle = (at + 0.5) * step;
        const anchor = middle < size.half ? "start" : middle > end - size.half ? "end" : "middle";
        return html`<text key=${at} class="mark" x=${{ start: 0, middle, end }[anchor]} y=${size.label} text-anchor=${anchor}>${calendarDay(days[at].day)}</text>`;
      })}
    </svg>
  `;
}

const nameOf = ({ day, until = day }) => (until === day ? calendarDay(day) : calendarSpan(day, until));

/** The columns that are named below: evenly spread, the last one among them. @param {number} count @param {number} width */
function marksOf(count, width) {
  const every = Math.max(1, Math.ceil((count * size.between) / width));
  const marks = [];
  for (let at = count - 1; at >= 0; at -= every) marks.unshift(at);
  return marks;
}

/** The least figure not below the highest that is easy to read and to halve: 40, 60, 100, 200… @param {number} highest */
function roundedUp(highest) {
  if (highest <= 4) return highest;
  const unit = 10 ** Math.floor(Math.log10(highest));
  return [1, 1.2, 1.6, 2, 3, 4, 6, 8, 10].map((times) => times * unit).find((figure) => figure >= highest && Number.isInteger(figure));
}

/** How wide a drawing is on the page, so that its letters and lines keep their size. @returns {[import("preact").Ref<SVGSVGElement>, number]} */
function useWidth() {
  const place = useRef(/** @type {SVGSVGElement | null} */ (null));
  const [width, setWidth] = useState(size.width);
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => contentRect.width > size.least && setWidth(Math.round(contentRect.width)));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return [place, width];
}
