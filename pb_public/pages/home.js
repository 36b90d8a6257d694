import { html } from "../html.js";
import { calendarDay, change, number, percent, t, timezone, when } from "../i18n/index.js";
import { useHome } from "../data/home.js";
import { currentMailings, finishedMailings, useLiveMailings } from "../data/mailings.js";
import { useQuery } from "../data/query.js";
import { isManager, me } from "../data/session.js";
import { lastDays, readStatistics } from "../data/statistics.js";
import { href } from "../router.js";
import { Button } from "../parts/button.js";
import { ChartFrame, DayBars } from "../parts/chart.js";
import { Figures } from "../parts/figures.js";
import { LiveProgress } from "../parts/live-progress.js";
import { Later } from "../parts/later.js";
import { Loaded, known } from "../parts/loaded.js";
import { Note } from "../parts/note.js";
import { OwnerName, ownerColumn } from "../parts/owner.js";
import { Card, PageHead } from "../parts/page.js";
import { StateBar } from "../parts/progress.js";
import { Reasons } from "../parts/reasons.js";
import { Skeleton } from "../parts/skeleton.js";
import { MailingBadge } from "../parts/badge.js";
import { Table } from "../parts/table.js";

const days = 30;

/** How many mailings at work are shown whole; the others have a line each. */
const whole = 3;

/** What goes on now, what came of the last mailings, how the last month went. */
export default function HomePage() {
  const user = me.value;
  const home = useHome();
  const current = useQuery(["mailings", "current", user.id], currentMailings);
  const finished = useQuery(["mailings", "finished", user.id], finishedMailings);
  const month = useQuery(["statistics", "home", user.id], (signal) => readStatistics(lastDays(days), signal));
  const earlier = useQuery(["statistics", "home", user.id, "earlier"], (signal) => readStatistics(lastDays(days, days), signal));
  useLiveMailings();

  const now = current.data?.items ?? [];
  const running = now.filter(({ status }) => status === "running");
  const launched = [...running, ...now.filter(({ status }) => status === "paused")];
  const scheduled = now.filter(({ status }) => status === "scheduled");
  // A manager watches over the service; who works alone sees only what is theirs anyway.
  const counts = isManager.value ? home.data : home.data?.mine;
  const isNew = !isManager.value && finished.data?.items.length === 0 && now.length === 0;
  const acts = html`
    <${Button} icon="plus" href=${href("/clients", { new: 1 })}>${t("home.addClient")}<//>
    <${Button} kind="primary" icon="send" href=${href("/mailings/new")}>${t("mailing.new")}<//>
  `;
  const shown = () => html`
    ${isNew && html`<${Later} load=${() => import("./home/first-steps.js")} words="first" />`}
    ${month.data?.totals.hard + month.data?.totals.complained > 0 && html`<${Later} load=${() => import("./home/warnings.js")} words="rates" totals=${month.data.totals} />`}
    <${Counts} counts=${counts} scheduled=${scheduled.length} month=${month.data?.totals} earlier=${earlier.data?.totals} />
    ${launched.slice(0, whole).map((mailing) => html`
      <${Card} key=${mailing.id} flush badge=${html`<${MailingBadge} mailing=${mailing} />`}
        title=${html`<a href=${href(`/mailings/${mailing.id}`)}>${mailing.name}</a>`}
        right=${html`${isManager.value && html`<span class="owner"><${OwnerName} id=${mailing.owner} /></span>`}${mailing.started_at && when(mailing.started_at)}`}>
        <${LiveProgress} mailing=${mailing} />
      <//>
    `)}
    ${launched.length > whole && html`<${Card} title=${t("home.more")} flush><${Others} mailings=${launched.slice(whole)} /><//>`}
    ${!isNew && html`
      <div class="two">
        <${Loaded} query=${month}>${(data) => html`<${Month} data=${data} />`}<//>
        <${Card} title=${t("reasons.title")} right=${t("home.days", { count: days })} flush>
          <${Loaded} query=${month} rows=${3}>${(data) => html`<${Reasons} codes=${data.codes} />`}<//>
        <//>
      </div>
      <${Card} title=${t("home.last")} right=${html`<a class="link" href=${href("/mailings")}>${t("home.all")}</a>`} flush>
        <${Loaded} query=${finished}>${({ items }) => (items.length ? html`<${Last} mailings=${items} />` : html`<p class="inside muted">${t("home.last.none")}</p>`)}<//>
      <//>
    `}
  `;
  return html`
    <${PageHead} title=${greeting(user.name)} tab=${t("nav.home")} lead=${current.data ? summary(running.length, scheduled) : "\u00a0"} acts=${acts} />
    ${user.awaiting_approval && html`<${Note} tone="warn"><b>${t("approval.title")}</b> ${t("approval.text")}<//>`}
    ${known(current, finished, month) ? shown() : html`<section class="card"><${Skeleton} rows=${12} /></section>`}
  `;
}

function greeting(name) {
  const hour = Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone: timezone.value || undefined }).format());
  const part = hour < 5 ? "night" : hour < 12 ? "morning" : hour < 18 ? "day" : "evening";
  const first = name.trim().split(/\s+/)[0];
  return first ? t(`greeting.${part}`, { name: first }) : t(`greeting.${part}.plain`);
}

function summary(running, scheduled) {
  const parts = [running > 0 && t("home.running", { count: running }), scheduled.length > 0 && t("home.waiting", { count: scheduled.length, when: when(scheduled[0].starts_at) })];
  return parts.filter(Boolean).join(" ") || t("home.quiet");
}

/** Of the service the counts have no growth. */
function Counts({ counts, scheduled, month, earlier }) {
  const shareOf = (totals) => (totals && totals.attempts > 0 ? totals.success / totals.attempts : null);
  const [share, before] = [shareOf(month), shareOf(earlier)];
  const delta = share !== null && before !== null ? Math.round((share - before) * 1000) / 10 : 0;
  const grown = (value, look = "") => html`<span class=${look}>${change(value)}</span>`;
  return html`
    <${Figures} items=${[
      { label: t("home.mailings"), value: counts && number(counts.mailings), href: href("/mailings"), note: counts?.new_mailings > 0 && [grown(counts.new_mailings), " ", t("home.days", { count: 7 })] },
      { label: t("home.active"), value: counts && number(counts.active_mailings), note: scheduled > 0 && t("home.scheduled", { count: scheduled }) },
      { label: t("home.recipients"), value: counts && number(counts.unique_recipients), href: href("/clients"), note: counts?.new_recipients > 0 && [grown(counts.new_recipients, "up"), " ", t("home.days", { count: days })] },
      { label: t("home.accepted"), value: month && (share === null ? "—" : percent(share)), note: delta === 0 ? t("home.days", { count: days }) : [grown(delta, delta > 0 ? "up" : "down"), " ", t("home.before")] },
    ]} />
  `;
}

function Month({ data }) {
  const total = t("mails", { count: data.totals.sent });
  const rows = data.days.map(({ day: name, sent, failure }) => [calendarDay(name), number(sent), number(failure)]);
  return html`
    <${ChartFrame} title=${t("home.month", { count: days })} right=${total} table=${{ head: [t("chart.date"), t("chart.sent"), t("chart.failure")], rows }}>
      <${DayBars} days=${data.days} label=${`${t("home.month", { count: days })}: ${total}`} />
    <//>
  `;
}

/** Mailings at work beside those that are shown whole. */
function Others({ mailings }) {
  const columns = [
    { title: t("mailing.name"), cell: ({ name }) => name, phone: "head", look: "strong" },
    { title: t("mailing.status"), phone: "side", cell: (mailing) => html`<${MailingBadge} mailing=${mailing} />` },
    ...ownerColumn(),
    { title: t("mailing.result"), cell: (mailing) => html`<${StateBar} mailing=${mailing} slim />`, look: "result" },
    { title: t("count.sent"), cell: ({ sent, total }) => t("mailing.sentOf", { sent, total }), figures: true, phone: "line" },
  ];
  return html`<${Table} label=${t("home.more")} columns=${columns} rows=${mailings} href=${({ id }) => href(`/mailings/${id}`)} />`;
}

function Last({ mailings }) {
  const columns = [
    { title: t("mailing.name"), cell: ({ name }) => name, phone: "head", look: "strong" },
    ...ownerColumn(),
    { title: t("mailing.result"), cell: (mailing) => html`<${StateBar} mailing=${mailing} slim />`, look: "result" },
    { title: t("count.sent"), cell: ({ sent, total }) => t("mailing.sentOf", { sent, total }), figures: true, phone: "line" },
    { title: t("mailing.finished"), cell: ({ finished_at }) => html`<span class="faint">${finished_at && when(finished_at)}</span>`, figures: true, phone: "side" },
  ];
  return html`<${Table} label=${t("home.last")} columns=${columns} rows=${mailings} href=${({ id }) => href(`/mailings/${id}`)} />`;
}
