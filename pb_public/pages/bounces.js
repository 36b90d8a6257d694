import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { bounceKinds, listBounces } from "../data/bounces.js";
import { daysOf, momentsOf } from "../data/period.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { refine } from "../router.js";
import { BounceTable } from "../parts/bounce-table.js";
import { Button } from "../parts/button.js";
import { ListPage } from "../parts/list-page.js";
import { LogTabs } from "../parts/log-tabs.js";
import { MailingFilter } from "../parts/mailing-filter.js";
import { NarrowSelect } from "../parts/field.js";
import { OwnerFilter } from "../parts/owner.js";
import { Period } from "../parts/period.js";
import { Search } from "../parts/search.js";

const perPage = 50;
const start = { before: "", after: "" };
const nothing = { search: "", kind: "", mailing: "", owner: "", code: "", period: "", from: "", to: "", ...start };

/** Every bounce and complaint, with what the mail system said. @param {{query: Record<string, string>}} props */
export default function BouncesPage({ query }) {
  const { search, kind, mailing, owner, code, before, after } = { ...nothing, ...query };
  const days = daysOf(query);
  const wanted = { search, kind, mailing, owner, code, before, after };
  const bounces = useQuery(["bounces", me.value.id, wanted, days], (signal) => listBounces({ ...wanted, ...momentsOf(days), perPage }, signal));
  const isNarrowed = Object.keys(nothing).some((key) => query[key]);
  const acts = html`<${Button} icon="rotate-cw" busy=${bounces.busy && bounces.data !== undefined} onClick=${bounces.reload}>${t("attempts.reload")}<//>`;
  const tools = html`
    <${Search} value=${search} label=${t("attempts.search")} onSearch=${(words) => refine({ search: words, ...start })} />
    <${Search} short sign="code" value=${code} label=${t("attempts.code")} onSearch=${(words) => refine({ code: words, ...start })} />
    <${NarrowSelect} label=${t("bounce.kind")} any=${t("bounces.anyKind")} value=${kind} options=${bounceKinds.map((value) => ({ value, title: t(`bounce.kind.${value}`) }))} onChange=${(value) => refine({ kind: value, ...start })} />
    <${MailingFilter} value=${mailing} owner=${owner} onChange=${(value) => refine({ mailing: value, ...start })} />
    <${Period} query=${query} onChange=${(period) => refine({ ...period, ...start })} />
    <${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value, mailing: "", ...start })} />
  `;
  return html`
    <${ListPage} title=${t("bounces.tab.bounces")} lead=${t("bounces.lead")} acts=${acts} tabs=${html`<${LogTabs} current="bounces" />`} tools=${tools} query=${bounces}
      everything=${isNarrowed && nothing} none=${{ icon: "scroll-text", title: t("bounces.none"), text: t("bounces.none.text") }}>
      ${(rows) => html`<${BounceTable} bounces=${rows} label=${t("bounces.tab.bounces")} />`}
    <//>
  `;
}
