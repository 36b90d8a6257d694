import { html } from "../../html.js";
import { finePercent, number, t } from "../../i18n/index.js";
import { bounceKinds } from "../../data/bounces.js";
import { fewest, limits, toneOf } from "../../data/rates.js";
import { href } from "../../router.js";
import { Badge } from "../../parts/badge.js";
import { kindTones } from "../../parts/bounce-table.js";
import { ChartFrame, DayBars } from "../../parts/chart.js";
import { Card } from "../../parts/page.js";

/** @typedef {import("../../data/statistics.js").Totals} Totals */

/** The figure of each kind, and the rate that providers look at. */
const figures = { hard: "hard", soft: "soft", block: "block", complaint: "complained" };

/**
 * What came back: by kind with the limits of mail providers, and by day.
 * @param {{totals: Totals, columns: (Totals & {day: string, until: string})[], unit: string, nameOf: (column: any) => string, query: Record<string, string>}} props
 */
export function CameBack({ totals, columns, unit, nameOf, query }) {
  const count = totals.bounced + totals.complained;
  if (count === 0) return html`<${Card} title=${t("statistics.back")}><p class="muted">${t("statistics.back.none")}</p><//>`;
  const series = [
    { name: "bounced", look: "bad", dot: "failed", title: t("statistics.bounced") },
    { name: "complained", look: "complained", dot: "complained", title: t("statistics.complained") },
  ];
  const head = [t(`statistics.in.${unit}`), ...series.map(({ title }) => title)];
  const rows = columns.map((column) => [nameOf(column), ...series.map(({ name }) => number(column[name]))]);
  return html`
    <${ByKind} totals=${totals} query=${query} />
    <${ChartFrame} title=${t("statistics.back")} right=${number(count)} table=${{ head, rows }}>
      <${DayBars} days=${columns} label=${`${t("statistics.back")}: ${number(count)}`} series=${series} said="statistics.back.day" />
    <//>
  `;
}

/** @param {{totals: Totals, query: Record<string, string>}} props */
function ByKind({ totals, query }) {
  const { mailing = "", owner = "", period = "30", from = "", to = "" } = query;
  const there = (kind) => href("/bounces", { kind, mailing, owner, period: from || to ? "" : period, from, to });
  const shareOf = (kind) => (totals.sent > 0 ? totals[figures[kind]] / totals.sent : null);
  const tone = (kind, share) => (limits[figures[kind]] && share !== null && totals.sent >= fewest ? toneOf(figures[kind], share) : "");
  const limit = (kind) => {
    const of = limits[figures[kind]];
    return of ? t("statistics.limit.of", { warn: finePercent(of.warn), bad: finePercent(of.bad) }) : "—";
  };
  return html`
    <${Card} title=${t("statistics.class")} flush>
      <table class="table plain" aria-label=${t("statistics.class")}>
        <thead><tr>
          <th scope="col">${t("bounce.kind")}</th><th scope="col" class="figures">${t("statistics.count")}</th>
          <th scope="col" class="figures">${t("statistics.share")}</th><th scope="col" class="figures wide-only" title=${t("statistics.limit.text")}>${t("statistics.limit")}</th>
        </tr></thead>
        <tbody>
          ${bounceKinds.map((kind) => {
            const share = shareOf(kind);
            const look = tone(kind, share);
            return html`
              <tr key=${kind}>
                <td><a href=${there(kind)} title=${t(`bounce.means.${kind}`)}><${Badge} tone=${kindTones[kind]}>${t(`bounce.kind.${kind}`)}<//></a></td>
                <td class="figures">${number(totals[figures[kind]])}</td>
                <td class="figures">${share === null ? "—" : look ? html`<${Badge} tone=${look}>${finePercent(share)}<//>` : finePercent(share)}</td>
                <td class="figures wide-only faint">${limit(kind)}</td>
              </tr>
            `;
          })}
        </tbody>
      </table>
      ${totals.sent < fewest && html`<p class="inside faint">${t("statistics.back.few")}</p>`}
    <//>
  `;
}
