import { html, useState } from "../html.js";
import { day, number, t } from "../i18n/index.js";
import { countsOnLists, deleteList, listsOf } from "../data/lists.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { href, refine } from "../router.js";
import { Button } from "../parts/button.js";
import { confirmDelete } from "../parts/delete.js";
import { ListPage } from "../parts/list-page.js";
import { Menu } from "../parts/menu.js";
import { OwnerFilter, ownerColumn } from "../parts/owner.js";
import { Search } from "../parts/search.js";
import { Table } from "../parts/table.js";
import { SectionTabs } from "./clients/section-tabs.js";
import { ListDialog } from "./lists/list-dialog.js";

/** Named groups of clients. @param {{query: {search?: string, owner?: string}}} props */
export default function ListsPage({ query }) {
  const { search = "", owner = "" } = query;
  const lists = useQuery(["lists", me.value.id, owner], (signal) => listsOf(owner, signal));
  // null: no dialog; {}: a new list.
  const [edited, edit] = useState(/** @type {any} */ (null));
  const create = html`<${Button} kind="primary" icon="plus" onClick=${() => edit({})}>${t("list.new")}<//>`;
  const found = (lists.data ?? []).filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(search.toLowerCase()));
  const tools = html`
    <${Search} value=${search} label=${t("lists.search")} onSearch=${(words) => refine({ search: words })} />
    <${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value })} />
  `;
  return html`
    <${ListPage} title=${t("clients.tab.lists")} lead=${t("lists.lead")} acts=${create} tabs=${html`<${SectionTabs} current="lists" />`} tools=${tools} query=${{ ...lists, data: lists.data && found }}
      everything=${(search || owner) && { search: "", owner: "" }} none=${{ icon: "list", title: t("lists.empty"), text: t("lists.empty.text"), acts: create }}
      after=${edited && html`<${ListDialog} key=${edited.id} list=${edited.id ? edited : undefined} onClose=${() => edit(null)} />`}>
      ${(rows) => html`<${ListTable} lists=${rows} owner=${owner} onEdit=${edit} />`}
    <//>
  `;
}

function ListTable({ lists, owner, onEdit }) {
  const counts = useQuery(["lists", "counts", me.value.id, owner], (signal) => countsOnLists(owner, signal));
  const columns = [
    { title: t("list.name"), phone: "head", cell: ({ name, description }) => html`<span class="who"><b>${name}</b>${description && html`<small>${description}</small>`}</span>` },
    ...ownerColumn(),
    { title: t("list.clients"), figures: true, phone: "line", cell: ({ id }) => counts.data && html`<${Count} count=${counts.data[id] ?? 0} />` },
    { title: t("client.created"), figures: true, phone: "none", cell: ({ created }) => html`<span class="faint">${day(created)}</span>` },
    { title: t("do.more"), untitled: true, phone: "side", cell: (list) => list.owner === me.value.id && html`<span class="row-acts"><${ListMenu} list=${list} onEdit=${onEdit} /></span>` },
  ];
  return html`<${Table} label=${t("clients.tab.lists")} columns=${columns} rows=${lists} href=${({ id }) => href("/clients", { list: id })} />`;
}

function Count({ count }) {
  return html`<span class="wide-only">${number(count)}</span><span class="phone-only faint">${t("list.count", { count })}</span>`;
}

function ListMenu({ list, onEdit }) {
  const remove = () => confirmDelete({ title: t("list.delete.title", { name: list.name }), text: t("list.delete.text") }, () => deleteList(list.id));
  const items = [
    { title: t("list.edit"), icon: "pencil", run: () => onEdit(list) },
    { title: t("do.delete"), icon: "trash", run: remove, grave: true, apart: true },
  ];
  return html`<${Menu} label=${list.name} items=${items} opener=${(attributes) => html`<${Button} kind="quiet" small icon="ellipsis" label=${t("list.acts", { name: list.name })} ...${attributes} />`} />`;
}
