import { html } from "../html.js";
import { known, t, when } from "../i18n/index.js";
import { Note } from "./note.js";

/** What is tried again; anything else just goes on at its time. */
const probed = ["server_unreachable", "tls_failed", "login_failed", "server_refusing", "sender_refused", "no_mail_server", "setup", "cannot_start", "database"];

/** Why a mailing does not go on at the moment, and what happens next. @param {{mailing: import("../data/mailings.js").Mailing}} props */
export function Waiting({ mailing: { status, waiting_reason: reason } }) {
  if (!reason?.code || !["scheduled", "running", "paused"].includes(status)) return null;
  const { code, until, detail = "" } = reason;
  return html`
    <${Note} tone="warn" live>
      <b>${waitingWords(code)}</b> ${[causeWords(code, detail), known(`waiting.${code}.text`) && t(`waiting.${code}.text`), until && t(probed.includes(code) ? "waiting.until" : "waiting.goesOn", { when: when(until) })].filter(Boolean).join(" ")}
      ${detail && html`<details class="detail"><summary>${t("trouble.detail")}</summary><p class="said">${detail}</p></details>`}
    <//>
  `;
}

/** What a mailing waits for, in one sentence. @param {string} code of waiting_reason */
export const waitingWords = (code) => t(known(`waiting.${code}`) ? `waiting.${code}` : "waiting.other");

/**
 * The cause behind it, as a sentence; "" when none is known.
 * @param {string} code @param {string} [detail]  a refused start begins with the code of the refusal; too many failures read "bad_address: 110 of 150", too many bounces "30 of 250"
 */
export function causeWords(code, detail = "") {
  if (code === "cannot_start") {
    const key = `code.${detail.split(":")[0]}`;
    return known(key) ? `${t(key).replace(/\.$/, "")}.` : "";
  }
  if (code === "too_many_failures") {
    const [, cause, ended, tried] = /^(\w+): (\d+) of (\d+)/.exec(detail) ?? [];
    return cause && known(`cause.${cause}`) ? t("waiting.cause", { cause: t(`cause.${cause}`), ended: Number(ended), tried: Number(tried) }) : "";
  }
  const back = { too_many_bounces: "bounced", too_many_complaints: "complained" }[code];
  const [, ended, tried] = (back && /^(\d+) of (\d+)/.exec(detail)) || [];
  return ended ? t("waiting.cause", { cause: t(`count.${back}`), ended: Number(ended), tried: Number(tried) }) : "";
}
