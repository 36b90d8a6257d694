import { html } from "../html.js";
import { t, dayTime } from "../i18n/index.js";

/**
 * A state in one or two words.
 * @param {{tone?: "idle" | "ok" | "bad" | "warn" | "run" | "plan" | "key", title?: string}} props
 */
export function Badge({ tone = "idle", title, children }) {
  return html`<span class=${`badge ${tone}`} title=${title}>${children}</span>`;
}

const ofMailing = { created: "idle", scheduled: "plan", running: "run", paused: "warn", completed: "ok", cancelled: "idle" };
const ofRecipient = { pending: "idle", sending: "run", sent: "ok", failed: "bad", uncertain: "warn", skipped: "idle", deferred: "warn", bounced: "bad" };
const ofClient = { active: "ok", unsubscribed: "idle", bounced: "bad", complained: "warn" };

/** Where a mailing stands; blocked wins over its status. @param {{mailing: import("../data/mailings.js").Mailing}} props */
export function MailingBadge({ mailing }) {
  if (mailing.blocked) return html`<${Badge} tone="bad" title=${mailing.block_reason}>${t("status.blocked")}<//>`;
  return html`<${Badge} tone=${ofMailing[mailing.status]}>${t(`status.${mailing.status}`)}<//>`;
}

/** Where one recipient stands; a deferred one says until when, and one who complained that. @param {{recipient: {state: string, next_try_at?: string, reason?: string}}} props */
export function RecipientBadge({ recipient: { state, next_try_at, reason } }) {
  if (state === "sent" && reason === "complained") return html`<${Badge} tone="warn">${t("state.complained")}<//>`;
  const words = state === "deferred" && next_try_at ? t("state.deferred.until", { time: dayTime(next_try_at) }) : t(`state.${state}`);
  return html`<${Badge} tone=${ofRecipient[state]}>${words}<//>`;
}

/** Whether a client may be mailed. @param {{status: string}} props */
export function ClientBadge({ status }) {
  return html`<${Badge} tone=${ofClient[status]}>${t(`client.status.${status}`)}<//>`;
}
