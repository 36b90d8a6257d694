import { html, useState } from "../../html.js";
import { dayClock, fullTime, known, t } from "../../i18n/index.js";
import { isRetriable, left, listRecipients, retried, retryOne } from "../../data/mailings.js";
import { useQuery } from "../../data/query.js";
import { useRenewal } from "../../data/renewal.js";
import { me } from "../../data/session.js";
import { href, refine } from "../../router.js";
import { Address, answerWords } from "../../parts/mail-words.js";
import { Button } from "../../parts/button.js";
import { Empty } from "../../parts/empty.js";
import { Loaded } from "../../parts/loaded.js";
import { EmptiedPage, Pager, isLaterPage } from "../../parts/pager.js";
import { Search } from "../../parts/search.js";
import { RecipientBadge } from "../../parts/badge.js";
import { Table } from "../../parts/table.js";
import { Tabs } from "../../parts/tabs.js";
import { askToRetryOne, retryAndSay } from "./questions.js";

const perPage = 50;
const tabs = ["", "sent", "unsubscribed", "complained", "bounced", "failed", "deferred", "uncertain", "skipped", "pending"];

/**
 * Everyone of a mailing by state, with the mail server's own words.
 * @param {{mailing: import("../../data/mailings.js").Mailing, query: {state?: string, search?: string, page?: string}}} props
 */
export function Recipients({ mailing, query }) {
  const { id } = mailing;
  const { state = "", search = "" } = query;
  const page = Number(query.page) || 1;
  const recipients = useQuery(["recipients", id, { state, search, page }], (signal) => listRecipients(id, { state, search, page, perPage }, signal));
  useRenewal([mailing.sent, mailing.bounced, mailing.complained, mailing.failed, mailing.deferred, mailing.uncertain, mailing.skipped].join(), recipients.reload);

  // No states: who has left or complained has got the email.
  const gone = useQuery(["recipients", id, "unsubscribed"], (signal) => listRecipients(id, { state: "unsubscribed", search: "", page: 1, perPage: 1 }, signal));
  const counts = { "": mailing.total, unsubscribed: gone.data?.totalItems ?? 0, pending: Math.max(0, left(mailing) - mailing.deferred) };
  const items = tabs
    .map((key) => ({ key, title: t(key ? `count.${key === "pending" ? "waiting" : key}` : "recipients.all"), count: counts[key] ?? mailing[key], href: href(`/mailings/${id}`, { state: key, search }) }))
    .filter(({ key, count }) => key === "" || key === state || count > 0);
  return html`
    <section class="card" aria-label=${t("recipients")}>
      <${Tabs} label=${t("recipients.byState")} current=${state} items=${items} />
      <div class="toolbar"><${Search} value=${search} label=${t("recipients.search")} onSearch=${(words) => refine({ search: words, page: "" })} /></div>
      <${Loaded} query=${recipients}>
        ${({ items: rows, totalItems }) =>
          rows.length === 0 && isLaterPage() ? html`<${EmptiedPage} perPage=${perPage} totalItems=${totalItems} />`
          : rows.length === 0
            ? html`<${Empty} icon="search" title=${t("found.none")} acts=${(search || state) && html`<${Button} onClick=${() => refine({ search: "", state: "", page: "" })}>${t("found.all")}<//>`} />`
            : html`
                <${Rows} rows=${rows} mailing=${mailing} />
                <${Pager} page=${page} perPage=${perPage} shown=${rows.length} totalItems=${totalItems} onPage=${(next) => refine({ page: next > 1 ? next : "" }, { replace: false })} />
              `}
      <//>
    </section>
  `;
}

function Rows({ rows, mailing }) {
  const again = mailing.owner === me.value.id && isRetriable(mailing) && rows.some(({ state }) => retried.includes(state));
  const columns = [
    { title: t("recipient"), phone: "head", cell: ({ email, full_name }) => (full_name ? html`<span class="who"><b>${full_name}</b><small><${Address} email=${email} /></small></span>` : html`<b class="strong"><${Address} email=${email} /></b>`) },
    { title: t("recipient.state"), phone: "side", cell: (recipient) => html`<${RecipientBadge} recipient=${recipient} />` },
    { title: t("recipient.answer"), cell: (recipient) => html`<${Outcome} recipient=${recipient} />` },
    { title: t("recipient.time"), figures: true, phone: "none", cell: ({ at }) => at && html`<span class="faint" title=${fullTime(at)}>${dayClock(at)}</span>` },
    again && { title: t("uncertain.retry"), untitled: true, look: "acts", cell: (recipient) => retried.includes(recipient.state) && html`<${Again} mailing=${mailing} recipient=${recipient} />` },
  ].filter(Boolean);
  return html`<${Table} label=${t("recipients")} columns=${columns} rows=${rows} id=${({ email }) => email} />`;
}

/** Sends to one recipient once more. */
function Again({ mailing: { id }, recipient }) {
  const [busy, setBusy] = useState(false);
  const retry = async () => {
    if (!(await askToRetryOne(recipient))) return;
    setBusy(true);
    await retryAndSay(() => retryOne(id, recipient));
    setBusy(false);
  };
  return html`<${Button} kind="quiet" small icon="rotate-cw" busy=${busy} label=${t("retry.one", { email: recipient.email })} onClick=${retry} />`;
}

/** What the server said, untouched, and why that made the state what it is. */
function Outcome({ recipient }) {
  const { reason, state } = recipient;
  const said = answerWords(recipient);
  const why = reason === "complained" && state === "sent" ? "reason.sent.complained" : `reason.${reason}`;
  return html`${said && html`<span class="said">${said}</span>`}${reason && known(why) && html`<small class="faint why">${t(why)}</small>`}`;
}
