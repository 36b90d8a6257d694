import { html } from "../../html.js";
import { bytes, day, duration, fullTime, known, t } from "../../i18n/index.js";
import { href } from "../../router.js";
import { Icon } from "../../parts/button.js";
import { sections } from "./sections.js";

/** @typedef {import("../../data/health.js").Finding} Finding */

const signs = { ok: "circle-check", warning: "triangle-alert", error: "circle-alert" };
const order = Object.keys(signs).reverse();

/** Where a finding is mended, when that is a page of ours. */
const places = { sender_address: "servers", mail_settings: "servers", mail_server: "servers", bounces: "bounces", public_address: "limits", backups: "backups", last_backup: "backups", disk: "limits", database_size: "limits" };

/** Whose detail says more than our words do: an error of a program, an answer of a server. */
const wordy = ["sending", "mail_server", "bounces", "last_backup", "certificate", "database", "disk"];

/** What was found, the worst first. @param {{findings: Finding[]}} props */
export function Findings({ findings }) {
  const sorted = [...findings].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  return html`<ul class="checks">${sorted.map((finding) => html`<${Line} key=${finding.code + (finding.subject ?? "")} finding=${finding} />`)}</ul>`;
}

/** @param {{finding: Finding}} props */
function Line({ finding }) {
  const { code, level, detail } = finding;
  const words = wordsOf(finding);
  const place = level !== "ok" && sections.find(({ key }) => key === places[code]);
  return html`
    <li class=${level}>
      <${Icon} name=${signs[level]} />
      <div>
        <b>${t(`health.${code}`)}</b>
        <p>${words.text}</p>
        ${level !== "ok" && words.act && html`<p class="muted">${words.act}</p>`}
        ${level !== "ok" && wordy.includes(code) && words.text !== detail && html`<details class="detail"><summary>${t("trouble.detail")}</summary><p class="said">${detail}</p></details>`}
      </div>
      ${place && html`<a class="link push" href=${href(place.path)}>${t("health.mend")}</a>`}
    </li>
  `;
}

/** What a finding says in the reader's language, and what to do about it; the server's English where there are no words. @param {Finding} finding */
export function wordsOf({ code, reason, level, subject, values = {}, detail, do: advice }) {
  const params = { ...shown(values), subject };
  const key = [`health.${code}.${reason}`, code !== "last_backup" && `waiting.${reason}`, level === "ok" && `health.${code}.ok`].find((one) => one && known(one));
  const act = [`health.${code}.${reason}.do`, `health.${code}.do`].find(known);
  return { text: key ? t(key, params) : detail, act: act ? t(act, params) : (advice ?? "") };
}

/** Figures as people read them. */
function shown(values) {
  const { bytes: size, bytes_a_day: growth, free, seconds, until, now, ...rest } = values;
  return {
    ...rest,
    size: size !== undefined && bytes(size),
    growth: growth !== undefined && bytes(Math.max(growth, 0)),
    free: free !== undefined && bytes(free),
    ago: seconds !== undefined && duration(seconds),
    day: until && day(until),
    now: now && fullTime(now),
  };
}
