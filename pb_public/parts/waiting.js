import { html } from "../html.js";
import { dayTime, known, t } from "../i18n/index.js";
import { Note } from "./note.js";

/** What is tried again; anything else just goes on at its time. */
const probed = ["server_unreachable", "tls_failed", "login_failed", "server_refusing", "sender_refused", "no_mail_server", "setup", "cannot_start", "database"];

/** Why a mailing does not go on at the moment, and what happens next. @param {{mailing: import("../data/mailings.js").Mailing}} props */
export function Waiting({ mailing: { status, waiting_reason: reason } }) {
  if (!reason?.code || !["scheduled", "running", "paused"].includes(status)) return null;
  const { code, until, detail = "" } = reason;
  // A refused start tells the code of the refusal first.
  const [refusal] = detail.split(":");
  const words = [
    t(known(`waiting.${code}`) ? `waiting.${code}` : "waiting.other"),
    code === "cannot_start" && known(`code.${refusal}`) && `${t(`code.${refusal}`).replace(/\.$/, "")}.`,
    until && t(probed.includes(code) ? "waiting.until" : "waiting.goesOn", { time: dayTime(until) }),
  ];
  return html`
    <${Note} tone="warn" live>
      ${words.filter(Boolean).join(" ")}
      ${detail && html`<details class="detail"><summary>${t("trouble.detail")}</summary><p class="said">${detail}</p></details>`}
    <//>
  `;
}
