import { html } from "../html.js";
import { calendarDay, calendarSpan, finePercent, number, percent, t } from "../i18n/index.js";
import { download } from "../data/pb.js";
import { daysOf } from "../data/period.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { readStatistics, statisticsQuery } from "../data/statistics.js";
import { refine } from "../router.js";
import { Button } from "../parts/button.js";
import { ChartFrame, DayBars } from "../parts/chart.js";
import { Empty } from "../parts/empty.js";
import { Figures } from "../parts/figures.js";
import { Loaded } from "../parts/loaded.js";
import { MailingFilter } from "../parts/mailing-filter.js";
import { OwnerFilter, OwnerName } from "../parts/owner.js";
import { PageHead } from "../parts/page.js";
import { Period } from "../parts/period.js";
import { RateNotes } from "../parts/rates.js";
import { toastTrouble } from "../parts/toast.js";
import { columnsOf } from "./statistics/columns.js";
import { CameBack } from "./statistics/came-back.js";
import { WhyTheyLeave } from "./statistics/why-they-leave.js";
import { ByAnswer, ByDomain, ByMailing } from "./statistics/tables.js";

const usual = 30;

/** How much was sent, to whom, and what the servers said. @param {{query: {period?: string, from?: string, to?: string, mailing?: string, owner?: string}}} props */
export default function StatisticsPage({ query }) {
  const { mailing = "", owner = "" } = query;
  const days = daysOf(query, usual);
  const wanted = { ...days, mailing, owner };
  const statistics = useQuery(["statistics", me.value.id, wanted], (signal) => readStatistics(wanted, signal));
  // On paper the filters are left out: what they chose stands below the title.
  const narrowedTo = mailing && statistics.data?.mailings.find((one) => one.mailing === mailing)?.name;
  const lead = html`${calendarSpan(days.from, days.to)}${narrowedTo && ` · ${narrowedTo}`}${owner && html` · <${OwnerName} id=${owner} />`}`;
  const save = () => download("/statistics.csv", `${t("statistics.file")} ${days.from} ${days.to}.csv`, statisticsQuery(wanted)).catch(toastTrouble);
  const acts = html`
    <${Button} icon="download" onClick=${save}>${t("statistics.csv")}<//>
    <${Button} icon="printer" onClick=${() => print()}>${t("statistics.print")}<//>
  `;
  return html`
    <${PageHead} title=${t("nav.statistics")} lead=${lead} acts=${acts} />
    <div class="toolbar bare no-print">
      <${Period} query=${query} usual=${usual} onChange=${refine} />
      <${MailingFilter} value=${mailing} owner=${owner} onChange=${(value) => refine({ mailing: value })} />
      <${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value, mailing: "" })} />
    </div>
    <${Loaded} query=${statistics}>${(data) => html`<${Shown} data=${data} narrowed=${mailing || owner || query.period || query.from} query=${query} />`}<//>
  `;
}

/** @param {{data: import("../data/statistics.js").Statistics, narrowed: unknown, query: Record<string, string>}} props */
function Shown({ data, narrowed, query }) {
  const { totals, days, mailings, domains, codes } = data;
  if (totals.attempts + totals.sent + totals.bounced + totals.complained === 0) {
    const acts = narrowed && html`<${Button} onClick=${() => refine({ period: 365, from: "", to: "", mailing: "", owner: "" })}>${t("statistics.year")}<//>`;
    return html`<section class="card"><${Empty} icon="chart-column" title=${t("statistics.none")} acts=${acts}>${t(narrowed ? "statistics.none.narrowed" : "statistics.none.text")}<//></section>`;
  }
  const { unit, columns } = columnsOf(days);
  const name = ({ day, until }) => (unit === "day" ? calendarDay(day) : calendarSpan(day, until));
  const rows = columns.map((one) => [name(one), number(one.attempts), number(one.sent), number(one.failure), number(one.uncertain)]);
  const title = t(`statistics.by.${unit}`);
  const sent = t("mails", { count: totals.sent });
  const ofSent = (count) => totals.sent > 0 && t("statistics.ofSent", { share: finePercent(count / totals.sent) });
  return html`
    <${RateNotes} totals=${totals} />
    <${Figures} items=${[
      { label: t("statistics.sent"), value: number(totals.sent) },
      { label: t("statistics.accepted"), value: totals.attempts > 0 ? percent(totals.success / totals.attempts) : "—", note: t("statistics.accepted.note", { count: totals.attempts }) },
      { label: t("statistics.failure"), value: number(totals.failure) },
      { label: t("statistics.uncertain"), value: number(totals.uncertain) },
      { label: t("statistics.bounced"), value: number(totals.bounced), note: ofSent(totals.bounced) },
      { label: t("statistics.complained"), value: number(totals.complained), note: ofSent(totals.complained) },
    ]} />
    <${ChartFrame} title=${title} right=${sent}
      table=${{ head: [t(`statistics.in.${unit}`), t("statistics.attempts"), t("chart.sent"), t("chart.failure"), t("statistics.uncertain")], rows }}>
      <${DayBars} days=${columns} label=${`${title}: ${sent}`} />
    <//>
    <${CameBack} totals=${totals} columns=${columns} unit=${unit} nameOf=${name} query=${query} />
    <${WhyTheyLeave} reasons=${data.opt_out_reasons} />
    <${ByMailing} mailings=${mailings} />
    <${ByDomain} domains=${domains} />
    <${ByAnswer} codes=${codes} />
  `;
}
