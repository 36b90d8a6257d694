import { html } from "../html.js";
import { plannedFor, t, when } from "../i18n/index.js";
import { listMailings, statuses, useLiveMailings } from "../data/mailings.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { href, refine } from "../router.js";
import { Button } from "../parts/button.js";
import { ListPage, sortedBy } from "../parts/list-page.js";
import { NarrowSelect } from "../parts/field.js";
import { OwnerFilter, ownerColumn } from "../parts/owner.js";
import { StateBar } from "../parts/progress.js";
import { Search } from "../parts/search.js";
import { MailingBadge } from "../parts/badge.js";
import { Table } from "../parts/table.js";

const perPage = 30;
const everything = { search: "", status: "", owner: "", page: "" };

/** @param {{query: {search?: string, status?: string, owner?: string, sort?: string, page?: string}}} props */
export default function MailingsPage({ query }) {
  const { search = "", status = "", owner = "", sort = "" } = query;
  const page = Number(query.page) || 1;
  const mailings = useQuery(["mailings", me.value.id, { search, status, owner, sort, page }], (signal) => listMailings({ search, status, owner, sort, page, perPage }, signal));
  useLiveMailings();
  const narrowed = search || status || owner;
  // With nothing to look through there is one thing to do, and it is said where the mailings would be.
  const none = !narrowed && mailings.data?.totalItems === 0;
  const create = html`<${Button} kind="primary" icon="plus" href=${href("/mailings/new")}>${t("mailing.new")}<//>`;
  const tools = html`
    <${Search} value=${search} label=${t("mailings.search")} onSearch=${(words) => refine({ search: words, page: "" })} />
    <${NarrowSelect} label=${t("mailing.status")} any=${t("mailings.any")} value=${status} options=${statuses.map((value) => ({ value, title: t(`status.${value}`) }))} onChange=${(value) => refine({ status: value, page: "" })} />
    <${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value, page: "" })} />
  `;
  return html`
    <${ListPage} title=${t("nav.mailings")} lead=${t("mailings.lead")} acts=${!none && create} tools=${!none && tools} query=${mailings} page=${page} perPage=${perPage}
      everything=${narrowed && everything} none=${{ icon: "send", title: t("mailings.none"), text: t("mailings.none.text"), acts: create }}>
      ${(rows) => html`<${MailingTable} mailings=${rows} sort=${sort} />`}
    <//>
  `;
}

function MailingTable({ mailings, sort }) {
  const columns = [
    { title: t("mailing.name"), sort: "name", phone: "head", look: "wraps", cell: (mailing) => html`<span class="who"><b>${mailing.name}</b><small class="clip">${audienceWords(mailing)}</small></span>` },
    { title: t("mailing.status"), sort: "status", phone: "side", cell: (mailing) => html`<${MailingBadge} mailing=${mailing} />` },
    { title: t("mailing.result"), look: "result", cell: (mailing) => mailing.total > 0 && html`<${StateBar} mailing=${mailing} slim />` },
    { title: t("count.sent"), figures: true, phone: "line", cell: ({ sent, total }) => total > 0 && t("mailing.sentOf", { sent, total }) },
    ...ownerColumn(),
    { title: t("mailing.time"), sort: "created", figures: true, phone: "none", cell: (mailing) => html`<span class="faint">${timeOf(mailing)}</span>` },
  ];
  return html`<${Table} label=${t("nav.mailings")} columns=${columns} rows=${mailings} ...${sortedBy(sort, "-created")} href=${({ id }) => href(`/mailings/${id}`)} />`;
}

/** @param {import("../data/mailings.js").Mailing} mailing */
export function audienceWords({ audience, lists, recipients, expand }) {
  if (audience === "lists") return expand?.lists?.map(({ name }) => name).join(", ") || t("audience.lists.count", { count: lists.length });
  if (audience === "picked") return t("audience.picked.count", { count: recipients.length });
  return t("audience.everyone");
}

/** What matters of time in each state. */
function timeOf({ status, timezone, starts_at, started_at, finished_at, created }) {
  if (status === "scheduled") return plannedFor(starts_at, timezone);
  return when(finished_at || started_at || created);
}
