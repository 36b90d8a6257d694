import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { addDomain, useDomain, useDomains } from "../../data/domains.js";
import { asWritten } from "../../data/idn.js";
import { useSettings } from "../../data/settings.js";
import { Button } from "../../parts/button.js";
import { TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Loaded } from "../../parts/loaded.js";
import { CheckNow } from "../settings/domains/check-now.js";
import { Alignment } from "../settings/domains/alignment.js";
import { Records } from "../settings/domains/records.js";
import { Onward } from "./onward.js";

/** The domain of the From address, and its records. @param {{onward: () => void}} props */
export function DomainStep({ onward }) {
  return html`<${Loaded} query=${useDomains()} rows=${4}>${(domains) => (domains.length > 0 ? html`<${Shown} name=${domains[0].name} onward=${onward} />` : html`<${Loaded} query=${useSettings()} rows=${2}>${({ meta }) => html`<${Add} from=${meta.senderAddress} onward=${onward} />`}<//>`)}<//>`;
}

function Add({ from = "", onward }) {
  const form = useForm({ name: from.endsWith("@example.com") ? "" : asWritten(from.slice(from.lastIndexOf("@") + 1)) }, ({ name }) => addDomain(name));
  return html`
    <${Form} form=${form}>
      <${TextField} form=${form} name="name" label=${t("domains.name")} hint=${t("domains.name.hint")} placeholder="example.org" required maxlength="253" autocapitalize="none" spellcheck=${false} />
      <${Onward} form=${form} skip=${onward} act=${t("domains.add")} />
    <//>
  `;
}

function Shown({ name, onward }) {
  return html`
    <${Loaded} query=${useDomain(name)} rows=${6}>${(report) => html`
      <p><b>${asWritten(name)}</b></p>
      ${report.checked_at && html`<${Alignment} report=${report} />`}
      <div class="card"><${Records} records=${report.records} zone=${report.zone} /></div>
      <div class="row"><${CheckNow} name=${name} /><${Button} onClick=${onward}>${t("setup.next")}<//></div>
    `}<//>
  `;
}
