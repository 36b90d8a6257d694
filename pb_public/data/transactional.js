// E-mails that programs send one by one, and what became of them.
import { api } from "./pb.js";
import { stale } from "./query.js";

/**
 * @typedef {object} Call
 * @property {string} id
 * @property {string} owner
 * @property {"api" | "smtp" | "service"} source
 * @property {string} subject     a template
 * @property {string} from_email
 * @property {string} email       of the first recipient
 * @property {number} total
 * @property {number} waiting     recipients without a final state
 * @property {string} created
 * @property {string} finished_at
 * @property {Record<string, number>} states  recipients by state
 */

/** @typedef {{try: number, status: string, code: number, enhanced_code: string, response: string, duration_ms: number, created: string}} Attempt */
/** @typedef {{kind: import("./bounces.js").BounceKind, code: number, enhanced_code: string, diagnostic: string, created: string}} Bounce */
/** @typedef {{id: string, email: string, full_name: string, state: string, reason: string, next_try_at: string, attempts: Attempt[], bounces: Bounce[]}} CallRecipient */
/** @typedef {Call & {waiting_reason: null | {code: string, until?: string, detail?: string}, recipients: CallRecipient[]}} History */

/** @param {{search: string, owner: string, page: number, perPage: number}} wanted @param {AbortSignal} [signal] @returns {Promise<{items: Call[], totalItems: number}>} */
export const listCalls = ({ owner, ...wanted }, signal) => api("/transactional", { query: { ...wanted, ...(owner && { owner }) }, signal });

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<History>} */
export const readCall = (id, signal) => api(`/transactional/${id}`, { signal });

/** How many a user may send a day. @param {string} user @param {number} quota */
export async function grantTransactional(user, quota) {
  await api(`/users/${user}/transactional_quota`, { method: "POST", body: { transactional_quota: quota } });
  stale("users");
}
