import { html } from "../html.js";
import { dayClock, fullTime, number, t } from "../i18n/index.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { listCalls } from "../data/transactional.js";
import { href, refine } from "../router.js";
import { Badge, RecipientBadge } from "../parts/badge.js";
import { Button } from "../parts/button.js";
import { ListPage } from "../parts/list-page.js";
import { LogTabs } from "../parts/log-tabs.js";
import { Address } from "../parts/mail-words.js";
import { OwnerFilter, ownerColumn } from "../parts/owner.js";
import { Search } from "../parts/search.js";
import { Table } from "../parts/table.js";

const perPage = 50;
const nothing = { search: "", owner: "", page: "" };

/** What programs have sent one by one. @param {{query: {search?: string, owner?: string, page?: string}}} props */
export default function TransactionalPage({ query }) {
  const { search = "", owner = "" } = query;
  const page = Number(query.page) || 1;
  const wanted = { search, owner, page, perPage };
  const calls = useQuery(["transactional", me.value.id, wanted], (signal) => listCalls(wanted, signal));
  const acts = html`<${Button} icon="rotate-cw" busy=${calls.busy && calls.data !== undefined} onClick=${calls.reload}>${t("attempts.reload")}<//>`;
  const tools = html`
    <${Search} value=${search} label=${t("transactional.search")} onSearch=${(words) => refine({ search: words, page: "" })} />
    <${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value, page: "" })} />
  `;
  return html`
    <${ListPage} title=${t("transactional")} lead=${t("transactional.lead")} acts=${acts} tabs=${html`<${LogTabs} current="transactional" />`} tools=${tools} query=${calls}
      page=${page} perPage=${perPage} everything=${(search || owner) && nothing} none=${{ icon: "mail", title: t("transactional.none"), text: t("transactional.none.text") }}>
      ${(rows) => html`<${Rows} calls=${rows} />`}
    <//>
  `;
}

function Rows({ calls }) {
  const columns = [
    { title: t("transactional.email"), phone: "head", look: "who-mailed", cell: ({ subject, email, total }) => html`<span class="who"><b class="clip">${subject || t("transactional.noSubject")}</b><small class="clip"><${Address} email=${email} />${total > 1 && html` ${t("transactional.more", { count: total - 1 })}`}</small></span>` },
    { title: t("transactional.state"), cell: ({ states }) => html`<${States} states=${states} />` },
    { title: t("transactional.from"), phone: "none", cell: ({ from_email: from }) => html`<span class="faint"><${Address} email=${from} /></span>` },
    { title: t("transactional.source"), phone: "none", cell: ({ source }) => html`<span class="faint">${t(`transactional.source.${source}`)}</span>` },
    ...ownerColumn(),
    { title: t("attempt.time"), figures: true, phone: "line", cell: ({ created }) => html`<time class="faint" datetime=${created.replace(" ", "T")} title=${fullTime(created)}>${dayClock(created)}</time>` },
  ];
  return html`<${Table} label=${t("transactional")} columns=${columns} rows=${calls} href=${({ id }) => href(`/transactional/${id}`)} />`;
}

const tones = { sent: "ok", failed: "bad", bounced: "bad", uncertain: "warn", deferred: "warn" };

/** The state of the only recipient, or how many are in each. @param {{states: Record<string, number>}} props */
function States({ states }) {
  const all = Object.entries(states);
  if (all.length === 1 && all[0][1] === 1) return html`<${RecipientBadge} recipient=${{ state: all[0][0] }} />`;
  return html`<span class="row">${all.map(([state, count]) => html`<${Badge} key=${state} tone=${tones[state]}>${t(`state.${state}`)}: ${number(count)}<//>`)}</span>`;
}
