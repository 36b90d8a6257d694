import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { RateNotes } from "../../parts/rates.js";

/** What came back of the last month, where that is more than mail providers put up with. @param {{totals: import("../../data/statistics.js").Totals}} props */
export default function Warnings({ totals }) {
  return html`<${RateNotes} totals=${totals} acts=${html`<${Button} small href=${href("/statistics")}>${t("home.rates")}<//>`} />`;
}
