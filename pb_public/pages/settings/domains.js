import { html, useState } from "../../html.js";
import { ago, t } from "../../i18n/index.js";
import { useDomains } from "../../data/domains.js";
import { asWritten } from "../../data/idn.js";
import { href } from "../../router.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { ListPage } from "../../parts/list-page.js";
import { Table } from "../../parts/table.js";
import { AddDomain } from "./domains/add.js";
import { DomainPage } from "./domains/domain.js";

/** The domains that e-mails come from, or one of them. @param {{id?: string}} props id: the name of a domain */
export default function DomainsPage({ id }) {
  return id ? html`<${DomainPage} name=${id} />` : html`<${Domains} />`;
}

function Domains() {
  const domains = useDomains();
  const [adding, add] = useState(false);
  const create = html`<${Button} kind="primary" icon="plus" onClick=${() => add(true)}>${t("domains.add")}<//>`;
  const columns = [
    { title: t("domains.name"), phone: "head", cell: ({ name }) => html`<span class="who"><b>${asWritten(name)}</b></span>` },
    { title: t("domains.state"), phone: "line", cell: (domain) => html`<${State} report=${domain.result} />` },
    { title: t("domains.checked"), figures: true, phone: "line", cell: ({ checked_at: at }) => at && html`<span class="faint">${ago(at)}</span>` },
  ];
  return html`
    <${ListPage} title=${t("settings.domains")} lead=${t("domains.lead")} acts=${create} query=${domains}
      none=${{ icon: "globe", title: t("domains.none"), text: t("domains.none.text"), acts: create }} after=${adding && html`<${AddDomain} onClose=${() => add(false)} />`}>
      ${(rows) => html`<${Table} label=${t("settings.domains")} columns=${columns} rows=${rows} href=${({ name }) => href(`/settings/domains/${name}`)} />`}
    <//>
  `;
}

/** @param {{report: import("../../data/domains.js").Report | null}} props */
export function State({ report }) {
  if (!report?.checked_at) return html`<${Badge}>${t("domains.unchecked")}<//>`;
  const wrong = report.records.filter(({ level }) => level === "error").length;
  if (wrong > 0) return html`<${Badge} tone="bad">${t("domains.wrong", { count: wrong })}<//>`;
  const unsure = report.records.some(({ level }) => level === "warning");
  return unsure ? html`<${Badge} tone="warn">${t("domains.unsure")}<//>` : html`<${Badge} tone="ok">${t("domains.fine")}<//>`;
}
