import { html, useState } from "../html.js";
import { day, number, t } from "../i18n/index.js";
import { deleteFilter, filtersOf } from "../data/filters.js";
import { countAudience } from "../data/mailings.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { href, refine } from "../router.js";
import { Button } from "../parts/button.js";
import { filterWords } from "../parts/filter-words.js";
import { confirmDelete } from "../parts/delete.js";
import { ListPage } from "../parts/list-page.js";
import { Menu } from "../parts/menu.js";
import { OwnerFilter, ownerColumn } from "../parts/owner.js";
import { Table } from "../parts/table.js";
import { SectionTabs } from "./clients/section-tabs.js";
import { FilterDialog } from "./filters/filter-dialog.js";

/** Conditions on clients that are used again and again. @param {{query: {owner?: string}}} props */
export default function FiltersPage({ query: { owner = "" } }) {
  const filters = useQuery(["filters", me.value.id, owner], (signal) => filtersOf(owner, signal));
  // null: no dialog; {}: a new filter.
  const [edited, edit] = useState(/** @type {any} */ (null));
  const create = html`<${Button} kind="primary" icon="plus" onClick=${() => edit({})}>${t("filter.new")}<//>`;
  return html`
    <${ListPage} title=${t("clients.tab.filters")} lead=${t("filters.lead")} acts=${create} tabs=${html`<${SectionTabs} current="filters" />`} tools=${html`<${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value })} />`} query=${filters}
      none=${{ icon: "list-filter", title: t("filters.none"), text: t("filters.none.text"), acts: create }}
      after=${edited && html`<${FilterDialog} key=${edited.id} filter=${edited.id ? edited : undefined} onClose=${() => edit(null)} />`}>
      ${(rows) => html`<${FilterTable} filters=${rows} onEdit=${edit} />`}
    <//>
  `;
}

function FilterTable({ filters, onEdit }) {
  const columns = [
    { title: t("filter.name"), phone: "head", cell: ({ name }) => html`<span class="strong">${name}</span>` },
    { title: t("filter.text"), look: "muted wraps", cell: ({ filter }) => html`<span title=${filter}>${filterWords(filter)}</span>` },
    ...ownerColumn(),
    { title: t("filter.matches"), figures: true, phone: "line", cell: (filter) => filter.owner === me.value.id && html`<${Matches} filter=${filter.filter} />` },
    { title: t("client.created"), figures: true, phone: "none", cell: ({ created }) => html`<span class="faint">${day(created)}</span>` },
    { title: t("do.more"), untitled: true, figures: true, phone: "side", cell: (filter) => filter.owner === me.value.id && html`<span class="row-acts"><${FilterMenu} filter=${filter} onEdit=${onEdit} /></span>` },
  ];
  return html`<${Table} label=${t("clients.tab.filters")} columns=${columns} rows=${filters} href=${({ filter, owner }) => href("/clients", { filter, owner: owner === me.value.id ? "" : owner })} />`;
}

/** How many clients a filter lets through now, those who must not be mailed among them. */
function Matches({ filter }) {
  const audience = { audience: /** @type {const} */ ("everyone"), lists: [], recipients: [], filter };
  const { data } = useQuery(["clients", "matches", filter], (signal) => countAudience(audience, signal));
  if (!data) return null;
  const { count, capped } = data;
  return html`<span class="wide-only">${capped ? t("reach.atLeast", { count }) : number(count)}</span><span class="phone-only faint">${t(capped ? "filter.matches.atLeast" : "list.count", { count })}</span>`;
}

function FilterMenu({ filter, onEdit }) {
  const remove = () => confirmDelete({ title: t("filter.delete.title", { name: filter.name }), text: t("filter.delete.text") }, () => deleteFilter(filter.id));
  const items = [
    { title: t("filter.edit"), icon: "pencil", run: () => onEdit(filter) },
    { title: t("do.delete"), icon: "trash", run: remove, grave: true, apart: true },
  ];
  return html`<${Menu} label=${filter.name} items=${items} opener=${(attributes) => html`<${Button} kind="quiet" small icon="ellipsis" label=${t("list.acts", { name: filter.name })} ...${attributes} />`} />`;
}
