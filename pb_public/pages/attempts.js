import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { attemptStatuses, listAttempts } from "../data/attempts.js";
import { daysOf, momentsOf } from "../data/period.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { refine } from "../router.js";
import { AttemptTable } from "../parts/attempt-table.js";
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
const nothing = { search: "", status: "", mailing: "", owner: "", code: "", period: "", from: "", to: "", ...start };

/** Every try to hand a mail to a mail server, with its answer. @param {{query: Record<string, string>}} props */
export default function AttemptsPage({ query }) {
  const { search, status, mailing, owner, code, before, after } = { ...nothing, ...query };
  const days = daysOf(query);
  const wanted = { search, status, mailing, owner, code, before, after };
  const attempts = useQuery(["attempts", me.value.id, wanted, days], (signal) => listAttempts({ ...wanted, ...momentsOf(days), perPage }, signal));
  const isNarrowed = Object.keys(nothing).some((key) => query[key]);
  const acts = html`<${Button} icon="rotate-cw" busy=${attempts.busy && attempts.data !== undefined} onClick=${attempts.reload}>${t("attempts.reload")}<//>`;
  const tools = html`
    <${Search} value=${search} label=${t("attempts.search")} onSearch=${(words) => refine({ search: words, ...start })} />
    <${Search} short sign="code" value=${code} label=${t("attempts.code")} onSearch=${(words) => refine({ code: words, ...start })} />
    <${NarrowSelect} label=${t("attempt.status")} any=${t("attempts.anyStatus")} value=${status} options=${attemptStatuses.map((value) => ({ value, title: t(`attempt.status.${value}`) }))} onChange=${(value) => refine({ status: value, ...start })} />
    <${MailingFilter} value=${mailing} owner=${owner} onChange=${(value) => refine({ mailing: value, ...start })} />
    <${Period} query=${query} onChange=${(period) => refine({ ...period, ...start })} />
    <${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value, mailing: "", ...start })} />
  `;
  return html`
    <${ListPage} title=${t("nav.attempts")} lead=${t("attempts.lead")} acts=${acts} tabs=${html`<${LogTabs} current="attempts" />`} tools=${tools} query=${attempts}
      everything=${isNarrowed && nothing} none=${{ icon: "scroll-text", title: t("attempts.none"), text: t("attempts.none.text") }}>
      ${(rows) => html`<${AttemptTable} attempts=${rows} label=${t("nav.attempts")} />`}
    <//>
  `;
}
