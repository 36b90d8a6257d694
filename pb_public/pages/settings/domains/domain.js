import { html } from "../../../html.js";
import { dayTime, listed, t } from "../../../i18n/index.js";
import { removeDomain, rotateKeys, useDomain } from "../../../data/domains.js";
import { asWritten } from "../../../data/idn.js";
import { go, href } from "../../../router.js";
import { ask } from "../../../parts/ask.js";
import { Button } from "../../../parts/button.js";
import { confirmDelete } from "../../../parts/delete.js";
import { Loaded } from "../../../parts/loaded.js";
import { Card, PageHead } from "../../../parts/page.js";
import { toast, toastTrouble } from "../../../parts/toast.js";
import { Alignment } from "./alignment.js";
import { CheckNow } from "./check-now.js";
import { Records } from "./records.js";

/** One domain: the records to enter, and what its name servers have. @param {{name: string}} props */
export function DomainPage({ name }) {
  const domain = useDomain(name);
  const crumb = html`<a href=${href("/settings/domains")}>${t("settings.domains")}</a>`;
  return html`
    <${PageHead} title=${asWritten(name)} crumb=${crumb} lead=${t("domains.records.lead")} acts=${html`<${CheckNow} name=${name} />`} />
    <${Loaded} query=${domain} rows=${8}>${(report) => html`<${Whole} report=${report} />`}<//>
  `;
}

function Whole({ report }) {
  const { name, senders, asked, checked_at: at, records } = report;
  const isChanging = records.some(({ kind }) => kind === "next_dkim");
  const rotate = async () => {
    if (!(await ask({ title: t("domains.rotate.title"), text: t("domains.rotate.text"), act: t("domains.rotate") }))) return;
    try {
      await rotateKeys(name);
      toast(t("domains.rotated"));
    } catch (error) {
      toastTrouble(error);
    }
  };
  const remove = async () => {
    const gone = await confirmDelete({ title: t("domains.delete.title", { name: asWritten(name) }), text: t("domains.delete.text") }, () => removeDomain(name));
    if (gone) go("/settings/domains");
  };
  return html`
    <div class="stack">
      <${Alignment} report=${report} />
      <${Card} title=${t("domains.records")} right=${at && t("domains.asked.at", { when: dayTime(at) })} flush><${Records} records=${records} zone=${report.zone} /><//>
      ${at && html`<p class="muted">${asked.length > 0 ? t("domains.asked", { servers: listed(asked) }) : t("domains.asked.resolver")}</p>`}
      <${Card} title=${t("domains.keys")}>
        <p class="muted">${t(isChanging ? "domains.keys.changing" : "domains.keys.text")}</p>
        <p class="muted">${senders.length > 0 ? t("domains.senders", { names: listed(senders.map((one) => one || t("domains.senders.own"))) }) : t("domains.senders.none")}</p>
        <div class="row"><${Button} icon="key-round" onClick=${rotate}>${t("domains.rotate")}<//><${Button} kind="danger" icon="trash" onClick=${remove}>${t("domains.delete")}<//></div>
      <//>
    </div>
  `;
}
