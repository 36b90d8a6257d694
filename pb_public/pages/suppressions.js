import { html, useState } from "../html.js";
import { day, dayTime, t } from "../i18n/index.js";
import { mailingNames } from "../data/attempts.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { listSuppressions, suppressionReasons } from "../data/suppressions.js";
import { href, refine } from "../router.js";
import { Badge } from "../parts/badge.js";
import { Button } from "../parts/button.js";
import { Address } from "../parts/mail-words.js";
import { ListPage } from "../parts/list-page.js";
import { NarrowSelect } from "../parts/field.js";
import { OwnerFilter, ownerColumn } from "../parts/owner.js";
import { Search } from "../parts/search.js";
import { Table } from "../parts/table.js";
import { removeSuppression, suppressionWords } from "./suppressions/remove.js";
import { SuppressDialog } from "./suppressions/suppress-dialog.js";

const perPage = 50;
const kinds = ["address", "domain", "erased"];
const tones = { unsubscribed: "idle", bounced: "bad", complained: "warn", manual: "idle", paused: "idle" };
const start = { before: "", after: "" };

/** Whom one must not mail, and why. @param {{query: {search?: string, reason?: string, kind?: string, owner?: string, before?: string, after?: string}}} props */
export default function SuppressionsPage({ query }) {
  const { search = "", reason = "", kind = "", owner = "", before = "", after = "" } = query;
  const wanted = { search, reason, kind, owner, before, after };
  const page = useQuery(["suppressions", me.value.id, wanted], (signal) => listSuppressions({ ...wanted, perPage }, signal));
  const [adding, add] = useState(false);
  const create = html`<${Button} kind="primary" icon="plus" onClick=${() => add(true)}>${t("suppression.add.act")}<//>`;
  const tools = html`
    <${Search} value=${search} label=${t("suppressions.search")} onSearch=${(words) => refine({ search: words, ...start })} />
    <${NarrowSelect} label=${t("suppression.reason")} any=${t("suppressions.anyReason")} value=${reason} options=${suppressionReasons.map((value) => ({ value, title: t(`suppression.reason.${value}`) }))} onChange=${(value) => refine({ reason: value, ...start })} />
    <${NarrowSelect} label=${t("suppressions.kind")} any=${t("suppressions.anyKind")} value=${kind} options=${kinds.map((value) => ({ value, title: t(`suppressions.kind.${value}`) }))} onChange=${(value) => refine({ kind: value, ...start })} />
    <${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value, ...start })} />
  `;
  return html`
    <${ListPage} title=${t("nav.suppressions")} lead=${t("suppressions.lead")} acts=${create} tools=${tools} query=${page}
      everything=${(search || reason || kind || owner || before || after) && { search: "", reason: "", kind: "", owner: "", ...start }} none=${{ icon: "ban", title: t("suppressions.none"), text: t("suppressions.none.text"), acts: create }}
      after=${adding && html`<${SuppressDialog} onClose=${() => add(false)} />`}>
      ${(rows) => html`<${Rows} suppressions=${rows} />`}
    <//>
  `;
}

function Rows({ suppressions }) {
  const ids = [...new Set(suppressions.map(({ mailing }) => mailing).filter(Boolean))].sort();
  const names = useQuery(["mailingNames", ids], (signal) => mailingNames(ids, signal));
  const columns = [
    { title: t("suppression.who"), phone: "head", cell: (one) => html`<span class="who"><b>${one.kind === "address" ? html`<${Address} email=${one.value} />` : suppressionWords(one)}</b>${one.kind === "domain" && html`<small>${t("suppressions.kind.domain.one")}</small>`}</span>` },
    { title: t("suppression.reason"), phone: "line", cell: ({ reason, until }) => html`<${Badge} tone=${tones[reason]}>${t(`suppression.reason.${reason}`)}<//>${until && html`${" "}<span class="faint">${t("suppression.until", { day: day(until) })}</span>`}` },
    { title: t("suppression.source"), cell: (one) => html`<${Source} suppression=${one} names=${names.data} />` },
    ...ownerColumn(),
    { title: t("suppression.created"), figures: true, look: "breaks", phone: "line", cell: ({ created }) => html`<span class="faint">${dayTime(created)}</span>` },
    { title: t("suppression.remove"), untitled: true, figures: true, phone: "side", cell: (one) => one.owner === me.value.id && html`<span class="row-acts"><${Remove} suppression=${one} /></span>` },
  ];
  return html`<${Table} label=${t("nav.suppressions")} columns=${columns} rows=${suppressions} />`;
}

function Source({ suppression: { mailing, note, reason }, names }) {
  const from = mailing && (names?.[mailing] ? html`<a class="link" href=${href(`/mailings/${mailing}`)}>${names[mailing]}</a>` : html`<span class="faint">${names ? t("suppression.mailing.gone") : ""}</span>`);
  if (!from && !note) return reason === "manual" && html`<span class="faint">${t("suppression.source.hand")}</span>`;
  return html`<span class="who">${from}${note && html`<small>${note}</small>`}</span>`;
}

function Remove({ suppression }) {
  return html`<${Button} kind="quiet" small icon="trash" label=${t("suppression.remove.label", { value: suppressionWords(suppression) })} onClick=${() => removeSuppression(suppression)} />`;
}
