import { html } from "../html.js";
import { t, when } from "../i18n/index.js";
import { listMailings, statuses, useLiveMailings } from "../data/mailings.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { href, refine } from "../router.js";
import { Button } from "../parts/button.js";
import { Empty } from "../parts/empty.js";
import { Select } from "../parts/field.js";
import { Loaded } from "../parts/loaded.js";
import { OwnerFilter, ownerColumn } from "../parts/owner.js";
import { PageHead } from "../parts/page.js";
import { Pager } from "../parts/pager.js";
import { StateBar } from "../parts/progress.js";
import { Search } from "../parts/search.js";
import { MailingBadge } from "../parts/state-badge.js";
import { Table } from "../parts/table.js";

const perPage = 30;

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
  return html`
    <${PageHead} title=${t("nav.mailings")} lead=${t("mailings.lead")} acts=${!none && create} />
    <section class="card" aria-label=${t("nav.mailings")}>
      ${!none && html`<div class="toolbar">
        <${Search} value=${search} label=${t("mailings.search")} onSearch=${(words) => refine({ search: words, page: "" })} />
        <${Select} class="input select narrow" aria-label=${t("mailing.status")} value=${status} onChange=${(value) => refine({ status: value, page: "" })}
          options=${[{ value: "", title: t("mailings.any") }, ...statuses.map((value) => ({ value, title: t(`status.${value}`) }))]} />
        <${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value, page: "" })} />
      </div>`}
      <${Loaded} query=${mailings}>
        ${({ items, totalItems }) =>
          items.length === 0
            ? narrowed
              ? html`<${Empty} icon="search" title=${t("found.none")} acts=${html`<${Button} onClick=${() => refine({ search: "", status: "", owner: "", page: "" })}>${t("found.all")}<//>`}>${t("found.none.text")}<//>`
              : html`<${Empty} icon="send" title=${t("mailings.none")} acts=${create}>${t("mailings.none.text")}<//>`
            : html`
                <${MailingTable} mailings=${items} sort=${sort} />
                <${Pager} page=${page} perPage=${perPage} shown=${items.length} totalItems=${totalItems} onPage=${(next) => refine({ page: next > 1 ? next : "" }, { replace: false })} />
              `}
      <//>
    </section>
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
  return html`<${Table} label=${t("nav.mailings")} columns=${columns} rows=${mailings} sort=${sort || "-created"} onSort=${(field) => refine({ sort: field === "-created" ? "" : field, page: "" })} href=${({ id }) => href(`/mailings/${id}`)} />`;
}

/** @param {import("../data/mailings.js").Mailing} mailing */
export function audienceWords({ audience, lists, recipients, expand }) {
  if (audience === "lists") return expand?.lists?.map(({ name }) => name).join(", ") || t("audience.lists.count", { count: lists.length });
  if (audience === "picked") return t("audience.picked.count", { count: recipients.length });
  return t("audience.everyone");
}

/** What matters of time in each state. */
function timeOf({ status, starts_at, started_at, finished_at, created }) {
  if (status === "scheduled") return when(starts_at);
  return when(finished_at || started_at || created);
}
