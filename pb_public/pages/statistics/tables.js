import { html, useState } from "../../html.js";
import { evenPercent, number, t } from "../../i18n/index.js";
import { asWritten } from "../../data/idn.js";
import { isManager } from "../../data/session.js";
import { href } from "../../router.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { OwnerName } from "../../parts/owner.js";
import { Card } from "../../parts/page.js";
import { reason } from "../../parts/reasons.js";

/** @typedef {import("../../data/statistics.js").Totals} Totals */

const first = 10;

/** The longer part of a long table is folded away, but not on paper. */
function Folding({ rows, head, label, row }) {
  const [all, show] = useState(false);
  return html`
    <div class=${all ? "folding open" : "folding"}>
      <table class="table plain" aria-label=${label}>
        <thead><tr>${head.map(({ title, figures, look = "" }) => html`<th key=${title} scope="col" class=${`${figures ? "figures" : ""} ${look}`}>${title}</th>`)}</tr></thead>
        <tbody>${rows.map((one, i) => html`<tr key=${i} class=${i < first ? "" : "folded"}>${row(one)}</tr>`)}</tbody>
      </table>
      ${rows.length > first && html`<div class="unfold no-print"><${Button} small kind="quiet" icon=${all ? "chevron-up" : "chevron-down"} aria-expanded=${all} onClick=${() => show(!all)}>${t(all ? "statistics.less" : "statistics.more", { count: rows.length - first })}<//></div>`}
    </div>
  `;
}

const share = (part, whole) => (whole > 0 ? evenPercent(part / whole) : "—");

/** @param {{mailings: (Totals & {mailing: string, name: string, owner: string})[]}} props */
export function ByMailing({ mailings }) {
  const head = [
    { title: t("mailing") },
    ...(isManager.value ? [{ title: t("owner"), look: "wide-only" }] : []),
    { title: t("statistics.sent"), figures: true },
    { title: t("statistics.failure"), figures: true, look: "wide-only" },
    { title: t("statistics.uncertain"), figures: true, look: "wide-only" },
    { title: t("statistics.bounced"), figures: true, look: "wide-only" },
    { title: t("statistics.complained"), figures: true, look: "wide-only" },
    { title: t("statistics.accepted"), figures: true },
  ];
  const row = ({ mailing, name, owner, attempts, success, sent, failure, uncertain, bounced, complained }) => html`
    <td class="name">${name ? html`<a class="strong" href=${href(`/mailings/${mailing}`)}>${name}</a>` : html`<span class="faint">${t("statistics.mailing.gone")}</span>`}</td>
    ${isManager.value && html`<td class="wide-only faint nowrap"><${OwnerName} id=${owner} /></td>`}
    <td class="figures">${number(sent)}</td>
    <td class="figures wide-only">${number(failure)}</td>
    <td class="figures wide-only">${number(uncertain)}</td>
    <td class="figures wide-only">${number(bounced)}</td>
    <td class="figures wide-only">${number(complained)}</td>
    <td class="figures">${share(success, attempts)}</td>
  `;
  return html`<${Card} title=${t("statistics.byMailing")} flush><${Folding} label=${t("statistics.byMailing")} rows=${mailings} head=${head} row=${row} /><//>`;
}

/** @param {{domains: (Totals & {domain: string})[]}} props */
export function ByDomain({ domains }) {
  const head = [{ title: t("statistics.domain") }, { title: t("statistics.sent"), figures: true }, { title: t("statistics.failure"), figures: true, look: "wide-only" }, { title: t("statistics.bounced"), figures: true }, { title: t("statistics.complained"), figures: true, look: "wide-only" }, { title: t("statistics.accepted"), figures: true, look: "wide-only" }];
  const row = ({ domain, attempts, success, sent, failure, bounced, complained }) => html`
    <td class="name">${domain === "other" ? html`<span class="faint">${t("statistics.domain.other")}</span>` : asWritten(domain)}</td>
    <td class="figures">${number(sent)}</td>
    <td class="figures wide-only">${number(failure)}</td>
    <td class="figures">${number(bounced)}</td>
    <td class="figures wide-only">${number(complained)}</td>
    <td class="figures wide-only">${share(success, attempts)}</td>
  `;
  return html`<${Card} title=${t("statistics.byDomain")} flush><${Folding} label=${t("statistics.byDomain")} rows=${domains} head=${head} row=${row} /><//>`;
}

/** @param {{codes: (Totals & {code: number, enhanced_code: string})[]}} props */
export function ByAnswer({ codes }) {
  const head = [{ title: t("statistics.code") }, { title: t("statistics.meaning") }, { title: t("statistics.attempts"), figures: true }, { title: t("statistics.bounced"), figures: true, look: "wide-only" }];
  const row = (answer) => html`
    <td class="num nowrap"><a href=${answer.attempts > 0 ? href("/attempts", { code: answer.enhanced_code || answer.code || "", status: answer.code ? "" : "uncertain" }) : href("/bounces", { code: answer.enhanced_code || answer.code || "" })}><${Badge} tone=${toneOf(answer)}>${[answer.code || "—", answer.enhanced_code].filter(Boolean).join(" ")}<//></a></td>
    <td class="name">${answer.success > 0 ? t("statistics.taken") : reason(answer)}</td>
    <td class="figures">${number(answer.attempts)}</td>
    <td class="figures wide-only">${number(answer.bounced)}</td>
  `;
  return html`<${Card} title=${t("statistics.byAnswer")} flush><${Folding} label=${t("statistics.byAnswer")} rows=${codes} head=${head} row=${row} /><//>`;
}

const toneOf = ({ code, success }) => (success > 0 ? "ok" : code >= 500 ? "bad" : "warn");
