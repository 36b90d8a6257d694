import { html, useEffect, useState } from "../../html.js";
import { learn, t } from "../../i18n/index.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";

/** What came back of the last month, where that is more than mail providers put up with. @param {{totals: import("../../data/statistics.js").Totals}} props */
export function Warnings({ totals }) {
  const [Notes, show] = useState(null);
  const wanted = totals.hard + totals.complained > 0;
  // Most have nothing to be warned of: the words come when they are needed.
  useEffect(() => {
    let gone = false;
    if (wanted) Promise.all([import("../../parts/rates.js"), learn("rates")]).then(([{ RateNotes }]) => gone || show(() => RateNotes), ignore);
    return () => {
      gone = true;
    };
  }, [wanted]);
  return Notes && html`<${Notes} totals=${totals} acts=${html`<${Button} small href=${href("/statistics")}>${t("home.rates")}<//>`} />`;
}

function ignore() {}
