import { html, useState } from "../../html.js";
import { number } from "../../i18n/index.js";
import { href } from "../../router.js";
import { ChartFrame, DayBars } from "../../parts/chart.js";
import { Figures } from "../../parts/figures.js";
import { LiveProgress } from "../../parts/live-progress.js";
import { Card } from "../../parts/page.js";
import { Pager } from "../../parts/pager.js";
import { Period } from "../../parts/period.js";
import { Reasons } from "../../parts/reasons.js";
import { RecipientBadge } from "../../parts/badge.js";
import { Table } from "../../parts/table.js";
import { Tabs } from "../../parts/tabs.js";
import { codes, days, mailing, people } from "./samples.js";

const columns = [
  { title: "Name", sort: "name", phone: "head", cell: ({ name, email }) => html`<span class="who"><b>${name}</b><small>${email}</small></span>` },
  { title: "State", phone: "side", cell: (person) => html`<${RecipientBadge} recipient=${person} />` },
  { title: "Answer", look: "said", cell: ({ said }) => said },
  { title: "Tries", sort: "tries", figures: true, phone: "none", cell: ({ tries }) => number(tries) },
];

/** Figures and what is made of them. @param {{look: string}} props */
export function Data({ look }) {
  const [chosen, choose] = useState(new Set(["2"]));
  const [sort, setSort] = useState("name");
  const [period, setPeriod] = useState({ from: "2026-11-01", to: "2026-11-23" });
  return html`
    <${Figures} items=${[{ label: "Mailings", value: number(18), note: "3 this week" }, { label: "Running", value: number(1) }, { label: "Recipients", value: number(12480) }, { label: "Being read" }]} />
    <${Card} title="Progress" flush><${LiveProgress} mailing=${mailing} /><//>
    <section class="card" aria-label=${`Table, ${look}`}>
      <${Tabs} label=${`Tabs, ${look}`} current="all" items=${[{ key: "all", title: "All", count: 3, href: href("/kit") }, { key: "sent", title: "Sent", count: 1, href: href("/kit") }]} />
      <${Table} label=${`People, ${look}`} columns=${columns} rows=${people} chosen=${chosen} onChoose=${choose} sort=${sort} onSort=${setSort} href=${() => href("/kit")} />
      <${Pager} label=${`Pages, ${look}`} page=${2} perPage=${3} shown=${3} totalItems=${1204} onPage=${() => {}} />
      <div class="toolbar"><${Period} query=${period} usual=${30} onChange=${(next) => setPeriod({ ...period, ...next })} /></div>
    </section>
    <${ChartFrame} title="Chart" right="9,386" table=${{ head: ["Day", "Sent"], rows: days.map(({ day, sent }) => [day, number(sent)]) }}><${DayBars} days=${days} label=${`Sent by day, ${look}`} /><//>
    <${Card} title="Reasons" flush><${Reasons} codes=${codes} /><//>
  `;
}
