// Addresses that are called when something happens, and what they answered.
import { api, ifMatch, pb } from "./pb.js";
import { stale } from "./query.js";
import { ownedBy } from "./search.js";

/**
 * @typedef {object} Webhook
 * @property {string} id
 * @property {string} owner
 * @property {string} url          what may be shown of it
 * @property {string[]} events
 * @property {boolean} active
 * @property {"" | "failing" | "gone" | "too_many_waiting"} disabled_reason
 * @property {string} last_success_at
 * @property {string} failing_since
 * @property {string} created
 * @property {string} updated
 * @property {any} [expand]
 */

/** @typedef {{at: string, status: number, text: string, error: string, duration_ms: number}} Answer */
/** @typedef {{id: number, message: string, type: string, state: "waiting" | "delivered" | "failed", tries: number, at: string, next_try_at: string, data: any, answers: Answer[]}} Told */

/** What can be listened to, by what it is about. */
export const eventGroups = [
  ["mailing.launched", "mailing.completed", "mailing.paused"],
  ["recipient.failed", "recipient.bounced", "recipient.complained"],
  ["client.subscribed", "client.unsubscribed"],
  ["import.completed"],
  ["transactional.sent", "transactional.failed"],
];

export const states = ["waiting", "delivered", "failed"];

const webhooks = () => pb.collection("webhooks");

/** Those of an owner, or with "" all that one may see. An owner has ten at most. @param {string} owner @param {AbortSignal} [signal] @returns {Promise<Webhook[]>} */
export const webhooksOf = (owner, signal) => webhooks().getFullList({ filter: ownedBy(owner), sort: "created", expand: "owner", signal });

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<Webhook>} */
export const readWebhook = (id, signal) => webhooks().getOne(id, { expand: "owner", signal });

/** @param {Partial<Webhook>} values @param {string} [version]  that was changed @returns {Promise<Webhook & {secret?: string}>} the secret of a new one is in this answer only */
export async function saveWebhook({ id, ...values }, version) {
  const saved = await (id ? webhooks().update(id, values, ifMatch(version)) : webhooks().create(values));
  stale("webhooks", "webhook");
  return saved;
}

/** @param {string} id */
export async function deleteWebhook(id) {
  await webhooks().delete(id);
  stale("webhooks");
}

/** @param {string} id @returns {Promise<{secret: string, former_until: string}>} */
export async function newSecret(id) {
  const made = await api(`/webhooks/${id}/secret`, { method: "POST" });
  stale("webhooks", "webhook");
  return made;
}

/** @param {string} id @returns {Promise<Answer & {ok: boolean}>} */
export async function testWebhook(id) {
  const answer = await api(`/webhooks/${id}/test`, { method: "POST" });
  stale("webhooks", "webhook");
  return answer;
}

/** @param {string} id @param {{state: string, before: string}} wanted @param {AbortSignal} [signal] @returns {Promise<{items: Told[], next: number, waiting: number}>} */
export const eventsOf = (id, { state, before }, signal) => api(`/webhooks/${id}/events`, { query: { ...(state && { state }), ...(before && { before }), limit: 50 }, signal });

/** @param {string} id @param {number} event */
export async function sendAgain(id, event) {
  await api(`/webhooks/${id}/events/${event}/resend`, { method: "POST" });
  stale("webhooks", "webhook");
}
