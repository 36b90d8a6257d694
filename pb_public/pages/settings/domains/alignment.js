import { html } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { asWritten } from "../../../data/idn.js";
import { Icon } from "../../../parts/button.js";
import { Card } from "../../../parts/page.js";

const signs = { none: ["error", "circle-alert"], unknown: ["note-only", "info"] };

/** Whether receivers believe that e-mails come from the domain, in one sentence. */
export function Alignment({ report: { name, alignment } }) {
  const { verdict, from, envelope } = alignment;
  const [look, icon] = signs[verdict] ?? ["ok", "circle-check"];
  return html`
    <${Card} label=${t("domains.alignment")} flush>
      <ul class="checks"><li class=${look}><${Icon} name=${icon} /><div><b>${t("domains.alignment")}</b><p>${t(`domains.alignment.${verdict}`, { from: asWritten(from), envelope: asWritten(envelope), name: asWritten(name) })}</p></div></li></ul>
    <//>
  `;
}
