import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { attemptStatuses, listAttempts } from "../data/attempts.js";
import { daysOf, momentsOf } from "../data/period.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { refine } from "../router.js";
import { AttemptTable } from "../parts/attempt-table.js";
import { Button } from "../parts/button.js";
import { Empty } from "../parts/empty.js";
import { Select } from "../parts/field.js";
import { KeysetPager } from "../parts/keyset-pager.js";
import { Loaded } from "../parts/loaded.js";
import { MailingFilter } from "../parts/mailing-filter.js";
import { OwnerFilter } from "../parts/owner.js";
import { PageHead } from "../parts/page.js";
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
  const narrowed = Object.keys(nothing).some((key) => query[key]);
  const ofStatus = [{ value: "", title: t("attempts.anyStatus") }, ...attemptStatuses.map((value) => ({ value, title: t(`attempt.status.${value}`) }))];
  return html`
    <${PageHead} title=${t("nav.attempts")} lead=${t("attempts.lead")} acts=${html`<${Button} icon="rotate-cw" busy=${attempts.busy && attempts.data !== undefined} onClick=${attempts.reload}>${t("attempts.reload")}<//>`} />
    <section class="card" aria-label=${t("nav.attempts")}>
      <div class="toolbar">
        <${Search} value=${search} label=${t("attempts.search")} onSearch=${(words) => refine({ search: words, ...start })} />
        <${Search} short sign="code" value=${code} label=${t("attempts.code")} onSearch=${(words) => refine({ code: words, ...start })} />
        <${Select} class="input select narrow" aria-label=${t("attempt.status")} value=${status} options=${ofStatus} onChange=${(value) => refine({ status: value, ...start })} />
        <${MailingFilter} value=${mailing} owner=${owner} onChange=${(value) => refine({ mailing: value, ...start })} />
        <${Period} query=${query} onChange=${(period) => refine({ ...period, ...start })} />
        <${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value, mailing: "", ...start })} />
      </div>
      <${Loaded} query=${attempts}>
        ${(page) =>
          page.items.length > 0
            ? html`<${AttemptTable} attempts=${page.items} label=${t("nav.attempts")} /><${KeysetPager} page=${page} onMove=${(place) => refine(place, { replace: false })} />`
            : narrowed
              ? html`<${Empty} icon="search" title=${t("found.none")} acts=${html`<${Button} onClick=${() => refine(nothing)}>${t("found.all")}<//>`}>${t("found.none.text")}<//>`
              : html`<${Empty} icon="scroll-text" title=${t("attempts.none")}>${t("attempts.none.text")}<//>`}
      <//>
    </section>
  `;
}
