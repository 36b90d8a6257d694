import { html, useEffect, useState } from "../html.js";
import { day, t } from "../i18n/index.js";
import { clientStatuses, countClients, listClients } from "../data/clients.js";
import { filtersOf } from "../data/filters.js";
import { listsOf } from "../data/lists.js";
import { useQuery } from "../data/query.js";
import { isManager, me } from "../data/session.js";
import { href, refine } from "../router.js";
import { Address } from "../parts/mail-words.js";
import { Button } from "../parts/button.js";
import { Found, sortedBy } from "../parts/list-page.js";
import { known } from "../parts/loaded.js";
import { NarrowSelect } from "../parts/field.js";
import { OwnerFilter, ownerColumn } from "../parts/owner.js";
import { PageHead } from "../parts/page.js";
import { Search } from "../parts/search.js";
import { Skeleton } from "../parts/skeleton.js";
import { ClientBadge } from "../parts/badge.js";
import { Table } from "../parts/table.js";
import { attributeWords } from "./clients/attributes.js";
import { BulkBar } from "./clients/bulk-bar.js";
import { ClientDialog } from "./clients/client-dialog.js";
import { ClientsActs } from "./clients/clients-acts.js";
import { FilterSelect, Narrowing } from "./clients/narrowing.js";
import { SectionTabs } from "./clients/section-tabs.js";

const perPage = 50;

/** Everybody who can receive mail. @param {{query: {search?: string, status?: string, list?: string, filter?: string, owner?: string, sort?: string, page?: string, new?: string}}} props */
export default function ClientsPage({ query }) {
  const { search = "", status = "", list = "", filter = "", owner = "", sort = "" } = query;
  const page = Number(query.page) || 1;
  const wanted = { search, status, list, filter, owner };
  const clients = useQuery(["clients", me.value.id, { ...wanted, sort, page }], (signal) => listClients({ ...wanted, sort, page, perPage }, signal));
  const total = useQuery(["clients", me.value.id, "count", wanted], (signal) => countClients(wanted, signal));
  const lists = useQuery(["lists", me.value.id, owner], (signal) => listsOf(owner, signal));
  const filters = useQuery(["filters", me.value.id, owner], (signal) => filtersOf(owner, signal));
  const [editing, edit] = useState(false);
  const [chosen, setChosen] = useState(/** @type {Set<string>} */ (new Set()));
  // All that match are chosen, also those on other pages.
  const [everything, chooseEverything] = useState(false);
  const choose = (next) => {
    chooseEverything(false);
    setChosen(next);
  };
  useEffect(() => choose(new Set()), [search, status, list, filter, owner]);
  const here = (clients.data?.items ?? []).map(({ id }) => id);
  const ticked = everything ? new Set([...chosen, ...here]) : chosen;
  const more = !everything && chosen.size > 0 && (total.data ?? 0) > chosen.size;

  // Others' clients are for looking at: there is nothing to do with them together.
  const editable = !isManager.value || owner === me.value.id;
  const narrowed = search || status || list || filter || owner;
  const showAll = () => {
    edit(false);
    refine({ search: "", status: "", list: "", filter: "", owner: "", page: "" });
  };
  const narrow = {
    filter,
    editing,
    onEdit: edit,
    onChange: (next) => refine({ filter: next, page: "" }),
  };
  // Where there is nobody yet there is nothing to search.
  const nobody = !narrowed && !editing && page === 1 && clients.data?.items.length === 0;
  // What was typed wrong is said beside the conditions; the list below stays as it was, or is empty.
  const wrong = filter ? clients.trouble?.fields.filter : "";
  const shown = () => html`
    ${chosen.size > 0
      ? html`<${BulkBar} chosen=${ticked} wanted=${wanted} total=${total.data} everything=${everything} onEverything=${more && (() => chooseEverything(true))} lists=${(lists.data ?? []).filter((one) => one.owner === me.value.id)} onDone=${choose} />`
      : !nobody && html`<${Toolbar} query=${wanted} lists=${lists.data ?? []} filters=${filters.data ?? []} narrow=${narrow} total=${narrowed ? total.data : undefined} />`}
    ${(filter || editing) && html`<${Narrowing} ...${narrow} wrong=${wrong} saved=${filters.data?.find((one) => one.filter === filter)} />`}
    ${!wrong && html`
      <${Found} query=${clients} page=${page} perPage=${perPage} total=${total.data} everything=${narrowed && showAll} none=${{ icon: "users", title: t("clients.none"), text: t("clients.none.text"), acts: html`<${FirstClients} />` }}>
        ${(rows) => html`<${ClientTable} clients=${rows} sort=${sort} chosen=${editable ? ticked : undefined} onChoose=${choose} />`}
      <//>
    `}
  `;
  return html`
    <${PageHead} title=${t("nav.clients")} lead=${t("clients.lead")} acts=${html`<${ClientsActs} />`} />
    <section class="card" aria-label=${t("nav.clients")}>
      <${SectionTabs} current="clients" />
      ${known(lists, filters) ? shown() : html`<${Skeleton} rows=${8} />`}
    </section>
    ${query.new && html`<${ClientDialog} onClose=${() => refine({ new: "" })} />`}
  `;
}

/** @param {{query: import("../data/clients.js").ClientsWanted, lists: import("../data/lists.js").List[], filters: import("../data/filters.js").Filter[], narrow: any, total?: number}} props total: how many are found */
function Toolbar({ query: { search, status, list, owner }, lists, filters, narrow, total }) {
  const ofStatus = clientStatuses.map((value) => ({ value, title: t(`client.status.${value}`) }));
  const onList = lists.map(({ id, name }) => ({ value: id, title: name }));
  return html`
    <div class="toolbar">
      <${Search} value=${search} label=${t("clients.search")} onSearch=${(words) => refine({ search: words, page: "" })} />
      ${(lists.length > 0 || list) && html`<${NarrowSelect} label=${t("clients.list")} any=${t("clients.anyList")} value=${list} options=${onList} onChange=${(value) => refine({ list: value, page: "" })} />`}
      <${NarrowSelect} label=${t("clients.status")} any=${t("clients.anyStatus")} value=${status} options=${ofStatus} onChange=${(value) => refine({ status: value, page: "" })} />
      <${FilterSelect} ...${narrow} filters=${filters} />
      <${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value, list: "", page: "" })} />
      ${total !== undefined && html`<span class="push muted num" role="status">${t("clients.found", { count: total })}</span>`}
    </div>
  `;
}

function ClientTable({ clients, sort, chosen, onChoose }) {
  const columns = [
    { title: t("client"), sort: "full_name", phone: "head", cell: ({ full_name, email }) => html`<span class="who"><b>${full_name || html`<${Address} email=${email} />`}</b>${full_name && html`<small><${Address} email=${email} /></small>`}</span>` },
    { title: t("clients.status"), sort: "status", phone: "side", cell: ({ status }) => html`<${ClientBadge} status=${status} />` },
    { title: t("client.attributes"), look: "brief", cell: ({ attributes }) => html`<span class="faint">${attributeWords(attributes)}</span>` },
    ...ownerColumn(),
    { title: t("client.created"), sort: "created", figures: true, phone: "none", cell: ({ created }) => html`<span class="faint">${day(created)}</span>` },
  ];
  return html`<${Table} label=${t("nav.clients")} columns=${columns} rows=${clients} ...${sortedBy(sort, "-created")} chosen=${chosen} onChoose=${onChoose} href=${({ id }) => href(`/clients/${id}`)} />`;
}

/** The ways to have clients. */
const FirstClients = () => html`
  <${Button} icon="plus" onClick=${() => refine({ new: 1 })}>${t("client.new")}<//>
  <${Button} kind="primary" icon="upload" href=${href("/clients/import")}>${t("clients.import")}<//>
`;
