// Ways in of bounces as superusers set them up: mailboxes that are read, and webhooks of mail providers.
import { api, ifMatch, pb } from "./pb.js";
import { stale, useQuery } from "./query.js";

/** @typedef {{id: string, updated: string, name: string, kind: "imap" | "pop3", host: string, port: number, tls: "none" | "starttls" | "implicit", username: string, folder: string, delete_after_days: string, active: boolean, last_read_at: string, last_error: string}} Mailbox */
/** @typedef {{id: string, updated: string, provider: string, key: string, topic: string, active: boolean, last_seen_at: string, last_error: string}} Hook */
/** @typedef {{ok: boolean, stage: string, error: string, booked: number, known: number, later: number, not_ours: number, deleted: number}} Reading */
/** @typedef {{ok: boolean, address: string, error: string}} Probe */

export const providers = ["ses", "sendgrid", "mailgun", "postmark", "brevo", "mailjet", "sparkpost", "generic"];

export const useMailboxes = () => useQuery(["intake", "mailboxes"], (signal) => /** @type {Promise<Mailbox[]>} */ (pb.collection("mailboxes").getFullList({ sort: "name", signal })));
export const useHooks = () => useQuery(["intake", "hooks"], (signal) => /** @type {Promise<Hook[]>} */ (pb.collection("bounce_hooks").getFullList({ sort: "created", signal })));

/** Make one or change it: an empty secret keeps what is stored. @param {"mailboxes" | "bounce_hooks"} collection @param {Record<string, any>} values @param {string} [version]  that was changed */
export async function saveWay(collection, { id, ...values }, version) {
  await (id ? pb.collection(collection).update(id, values, ifMatch(version)) : pb.collection(collection).create(values));
  stale("intake", "health");
}

/** @param {"mailboxes" | "bounce_hooks"} collection @param {string} id */
export async function deleteWay(collection, id) {
  await pb.collection(collection).delete(id);
  stale("intake", "health");
}

/** @param {string} id @param {"read" | "test"} verb @returns {Promise<Reading>} */
export async function tryMailbox(id, verb) {
  const found = await api(`/mailboxes/${id}/${verb}`, { method: "POST" });
  stale("intake", "health");
  return found;
}

/** @param {string} id @returns {Promise<Probe>} */
export const tryHook = (id) => api(`/bounce_hooks/${id}/test`, { method: "POST" });

/** What a provider is to call. @param {Hook} hook @param {string} address  of the service, "" while that is not set */
export const hookAddress = ({ provider, key }, address) => `${(address || new URL(".", location.href).href).replace(/\/$/, "")}/hooks/${provider}/${key}`;
