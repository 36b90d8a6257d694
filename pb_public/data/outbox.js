// Mails that the demo's mail server has caught.
import { api } from "./pb.js";
import { stale } from "./query.js";

/** @typedef {"accepted" | "refused" | "unanswered"} CaughtStatus */

/**
 * @typedef {object} Caught
 * @property {string} id
 * @property {string} from     of the header, decoded
 * @property {string[]} to     of the envelope
 * @property {string} subject
 * @property {string} at
 * @property {number} size     bytes
 * @property {CaughtStatus} status
 * @property {string} answer   what the server said, "" when it hung up
 */

/** @typedef {Caught & {envelope_from: string, html: string, text: string, headers: {name: string, value: string}[], attachments: {name: string, content_type: string, size: number}[], source: string}} CaughtMail */

/** @param {{page: number, perPage: number, search: string}} wanted @param {AbortSignal} [signal] @returns {Promise<{items: Caught[], totalItems: number}>} */
export const listOutbox = (wanted, signal) => api("/outbox", { query: wanted, signal });

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<CaughtMail>} */
export const readCaught = (id, signal) => api(`/outbox/${id}`, { signal });

export async function emptyOutbox() {
  await api("/outbox", { method: "DELETE" });
  stale("outbox");
}
