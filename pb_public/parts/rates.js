import { html } from "../html.js";
import { finePercent, t } from "../i18n/index.js";
import { faultsOf, limits } from "../data/rates.js";
import { Note } from "./note.js";

/** Rates at which mail providers frown, with what to do. @param {{totals: import("../data/statistics.js").Totals, acts?: unknown}} props */
export function RateNotes({ totals, acts }) {
  return faultsOf(totals).map(({ name, share, tone }) => {
    const bounds = { warn: finePercent(limits[name].warn), bad: finePercent(limits[name].bad) };
    return html`<${Note} key=${name} tone=${tone} acts=${acts}><b>${t(`rate.${name}`, { share: finePercent(share) })}</b> ${t(`rate.${name}.${tone}`, bounds)}<//>`;
  });
}
