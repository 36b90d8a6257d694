import { html, useEffect } from "../html.js";
import { t } from "../i18n/index.js";
import { place, refine } from "../router.js";
import { Button } from "./button.js";
import { Skeleton } from "./skeleton.js";

/**
 * The way through a long list: "1–50 of 1,204" with a step back and on. Without a total (counting would cost
 * too much) it only knows whether there is more.
 * @param {object} props
 * @param {number} props.page
 * @param {number} props.perPage
 * @param {number} props.shown       rows on this page
 * @param {number} [props.totalItems]
 * @param {(page: number) => void} props.onPage
 * @param {string} [props.label]  where there are several on a page
 */
export function Pager({ page, perPage, shown, totalItems, onPage, label = t("pager") }) {
  const first = (page - 1) * perPage + 1;
  const last = first + shown - 1;
  const counted = totalItems !== undefined && totalItems >= 0;
  const more = counted ? last < totalItems : shown === perPage;
  if (page === 1 && !more) return null;
  return html`
    <nav class="pager no-print" aria-label=${label}>
      <span class="num muted">${counted ? t("pager.of", { first, last, count: totalItems }) : t("pager.range", { first, last })}</span>
      <${Button} small icon="chevron-left" label=${t("pager.back")} disabled=${page <= 1} onClick=${() => onPage(page - 1)} />
      <${Button} small icon="chevron-right" label=${t("pager.on")} disabled=${!more} onClick=${() => onPage(page + 1)} />
    </nav>
  `;
}

/** Whether the address names a page after the first, of pages with numbers or with cursors. */
export const isLaterPage = () => Boolean(place.value.query.page || place.value.query.before || place.value.query.after);

/** Nothing is left on a later page: goes to the last one that has something. @param {{perPage: number, totalItems?: number}} props */
export function EmptiedPage({ perPage, totalItems }) {
  useEffect(() => {
    const page = Number(place.peek().query.page) || 1;
    const last = totalItems === undefined || totalItems < 0 ? page - 1 : Math.min(page - 1, Math.ceil(totalItems / perPage));
    refine({ page: last > 1 ? last : "", before: "", after: "" });
  }, [place.value.query.page, totalItems]);
  return html`<${Skeleton} rows=${6} />`;
}
