import { html } from "../../../html.js";
import { number, t } from "../../../i18n/index.js";

const days = 30;
const [width, height] = [300, 80];

/** The daily limit on a day of a server's life, 0 for none: as the server counts it. @param {number} start @param {number} growth  per cent @param {number} limit @param {number} day */
export function limitOn(start, growth, limit, day) {
  const grown = Math.floor(start * (1 + (growth || 50) / 100) ** day);
  return limit > 0 ? Math.min(grown, limit) : grown;
}

/**
 * How the daily limit of a new mail server grows.
 * @param {{start: number, growth: number, limit: number, today?: number}} props today: the day it is at, from 0
 */
export function WarmUp({ start, growth, limit, today }) {
  if (!(start > 0)) return null;
  const values = Array.from({ length: days }, (_, day) => limitOn(start, growth, limit, day));
  const full = limit > 0 ? values.findIndex((value) => value >= limit) : -1;
  // Growth without a limit leaves everything before it flat: what is shown ends with the day that matters.
  const top = Math.max(...values);
  const step = width / days;
  const words = [t("warm.first", { count: values[0] }), t("warm.week", { count: values[6] }), full >= 0 && t("warm.full", { day: full + 1 })].filter(Boolean).join(" · ");
  return html`
    <figure class="warm-up">
      <svg viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${`${t("warm.title")}: ${words}`} preserveAspectRatio="none">
        ${values.map((value, day) => html`<rect key=${day} class=${day === today ? "now" : ""} x=${day * step + 1} width=${step - 2} y=${height - Math.max(1, (value / top) * height)} height=${Math.max(1, (value / top) * height)}><title>${t("warm.day", { day: day + 1, count: number(value) })}</title></rect>`)}
      </svg>
      <figcaption class="muted">${words}</figcaption>
    </figure>
  `;
}
