import { html } from "../html.js";
import { day, t } from "../i18n/index.js";
import { formsOf } from "../data/forms.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { go, href, refine } from "../router.js";
import { Button } from "../parts/button.js";
import { ListPage } from "../parts/list-page.js";
import { OwnerFilter, ownerColumn } from "../parts/owner.js";
import { Table } from "../parts/table.js";
import { SectionTabs } from "./clients/section-tabs.js";
import { FormBadge } from "./forms/form-badge.js";

/** Forms by which people sign up. @param {{query: {owner?: string}}} props */
export default function FormsPage({ query: { owner = "" } }) {
  const forms = useQuery(["forms", me.value.id, owner], (signal) => formsOf(owner, signal));
  const create = html`<${Button} kind="primary" icon="plus" onClick=${() => go("/forms/new")}>${t("forms.new")}<//>`;
  return html`
    <${ListPage} title=${t("clients.tab.forms")} lead=${t("forms.lead")} acts=${create} tabs=${html`<${SectionTabs} current="forms" />`}
      tools=${html`<${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value })} />`} query=${forms}
      none=${{ icon: "file-text", title: t("forms.none"), text: t("forms.none.text"), acts: create }}>
      ${(rows) => html`<${Rows} forms=${rows} />`}
    <//>
  `;
}

/** @param {{forms: import("../data/forms.js").SignUpForm[]}} props */
function Rows({ forms }) {
  const columns = [
    { title: t("forms.name"), phone: "head", cell: ({ name, title }) => html`<span class="who"><b>${name}</b>${title && title !== name && html`<small>${title}</small>`}</span>` },
    { title: t("forms.state"), phone: "side", cell: ({ active }) => html`<${FormBadge} active=${active} />` },
    ...ownerColumn(),
    { title: t("forms.created"), figures: true, phone: "none", cell: ({ created }) => html`<span class="faint">${day(created)}</span>` },
  ];
  return html`<${Table} label=${t("clients.tab.forms")} columns=${columns} rows=${forms} href=${({ id }) => href(`/forms/${id}`)} />`;
}
