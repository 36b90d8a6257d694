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

/** @typedef {{name: string, look: "good" | "bad" | "complained", dot: string, title: string}} Series  name: of the figure; look, dot: classes of its column and of its legend */

const mails = () => [
  { name: "sent", look: "good", dot: "good", title: t("chart.sent") },
  { name: "failure", look: "bad", dot: "failed", title: t("chart.failure") },
];

/**
 * Mails by day or by a longer stretch: what was sent as columns, what failed on top of them; or other figures, stacked.
 * @param {{days: ({day: string, until?: string} & Record<string, any>)[], label: string, series?: Series[], said?: string}} props day: "2026-11-23"; until: the last day of the stretch; said: key of what is said of a column
 */
export function DayBars({ days, label, series = mails(), said = "chart.day" }) {
  const [pointed, point] = useState(-1);
  const [place, width] = useWidth();
  const highest = roundedUp(Math.max(1, ...days.map((day) => series.reduce((sum, { name }) => sum + day[name], 0))));
  const lines = [0, 0.5, 1].filter((part) => part === 0 || Number.isInteger(highest * part));
  const end = width - size.digit * number(highest).length - size.gap;
  const scale = (size.base - size.top) / highest;
  const step = end / Math.max(1, days.length);
  const across = Math.min(step - Math.min(size.gap, step / 3), size.widest);
  const shown = days[pointed];
  return html`
    <div class="chart-head">
      <ul class="legend">
        ${series.map(({ name, dot, title }) => html`<li key=${name}><span class=${`dot ${dot}`}></span>${title}</li>`)}
      </ul>
      <p class="chart-said num" aria-live="off">${shown && t(said, { day: nameOf(shown), ...Object.fromEntries(series.map(({ name }) => [name, shown[name]])) })}</p>
    </div>
    <svg ref=${place} viewBox=${`0 0 ${width} ${size.height}`} role="img" aria-label=${label} onPointerLeave=${() => point(-1)}>
      ${lines.map((part) => html`<line key=${part} class="grid" x1="0" x2=${end} y1=${size.base - highest * scale * part} y2=${size.base - highest * scale * part} />`)}
      ${lines.map((part) => html`<text key=${part} class="mark" x=${width} y=${size.base - highest * scale * part + 4} text-anchor="end">${number(highest * part)}</text>`)}
      ${days.map((day, i) => {
        const x = (i + 0.5) * step - across / 2;
        let top = size.base;
        return html`
          <g key=${day.day} class=${i === pointed ? "column pointed" : "column"} onPointerEnter=${() => point(i)}>
            <rect class="reach" x=${i * step} y="0" width=${step} height=${size.base} />
            ${series.map(({ name, look }, n) => {
              if (!(day[name] > 0)) return null;
              const height = n === 0 ? day[name] * scale : Math.max(2, day[name] * scale);
              top -= height + (n === 0 ? 0 : 1.5);
              return html`<rect key=${name} class=${look} x=${x} y=${top} width=${across} height=${height} rx=${n === 0 ? Math.min(size.round, across / 3) : 1.5} />`;
            })}
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
