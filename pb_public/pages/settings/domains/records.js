import { html } from "../../../html.js";
import { known, t } from "../../../i18n/index.js";
import { asWritten } from "../../../data/idn.js";
import { Badge } from "../../../parts/badge.js";
import { Copy } from "../../../parts/copy.js";

/** @typedef {import("../../../data/domains.js").DnsRecord} DnsRecord */

const tones = { error: "bad", warning: "warn", ok: "ok" };

/** The records to enter, what was found, and what to do about it. @param {{records: DnsRecord[], zone: string}} props */
export function Records({ records, zone }) {
  return html`<ul class="dns-records">${records.map((record) => html`<${One} key=${record.kind + record.name} record=${record} zone=${zone} />`)}</ul>`;
}

/** @param {{record: DnsRecord, zone: string}} props */
function One({ record, zone }) {
  const { kind, type, host, name, expected, priority, parts, found, verdict, level } = record;
  const idle = verdict === "not_checked" || verdict === "not_needed";
  const isNew = !["ok", "not_needed"].includes(verdict);
  const isOther = found.length > 0 && (verdict !== "ok" || found.length > 1 || found[0] !== expected);
  return html`
    <li>
      <header><h3>${t(`domains.kind.${kind}`)}</h3><${Badge} tone=${idle ? "idle" : tones[level]}>${t(`domains.badge.${idle || level === "ok" ? verdict : level}`)}<//></header>
      <p class="muted">${t(`domains.kind.${kind}.text`)}</p>
      ${verdict !== "ok" && verdict !== "not_checked" && html`<p>${words("domains.verdict", record)}</p>`}
      ${record.alias && html`<p>${t("domains.alias", { name: asWritten(name), alias: asWritten(record.alias) })}</p>`}
      ${isNew && verdict !== "not_checked" && html`<p class="muted">${words("domains.do", record)}</p>`}
      ${record.macros && html`<p class="muted">${t("domains.macros")}</p>`}
      <dl>
        <div><dt>${t("domains.type")}</dt><dd><code>${type}</code></dd></div>
        <div><dt>${t("domains.host")}</dt><dd><code>${host}</code><${Copy} text=${host} /></dd></div>
        ${type === "MX" && html`<div><dt>${t("domains.priority")}</dt><dd><code>${priority}</code></dd></div>`}
        ${expected && html`<div class="whole"><dt>${t(type === "MX" ? "domains.server" : "domains.value")}</dt><dd><code>${expected}</code><${Copy} text=${expected} /></dd></div>`}
        ${isOther && html`<div class="whole"><dt>${t("domains.found")}</dt><dd>${found.map((text) => html`<code key=${text}>${text}</code>`)}</dd></div>`}
      </dl>
      ${parts && html`<${Long} parts=${parts} />`}
      ${host === "@" && html`<p class="faint">${t("domains.host.apex", { zone: asWritten(zone) })}</p>`}
    </li>
  `;
}

/** A value that is too long for one string. @param {{parts: string[]}} props */
function Long({ parts }) {
  const quoted = parts.map((part) => `"${part}"`).join(" ");
  return html`
    <details class="detail"><summary>${t("domains.long")}</summary>
      <p class="muted">${t("domains.long.text")}</p>
      <p class="said">${quoted}<${Copy} text=${quoted} /></p>
    </details>
  `;
}

/** The words for a verdict: those of its kind, or those for all. @param {string} topic @param {DnsRecord} record */
function words(topic, { kind, verdict, name, expected, broken, found }) {
  const key = [`${topic}.${kind}.${verdict}`, `${topic}.${verdict}`].find(known);
  return key ? t(key, { name: asWritten(name), expected: asWritten(expected), broken: broken ?? "", count: found.length }) : "";
}
