// The log of what came back after mail servers had accepted it: bounces and complaints.
import { logged } from "./attempts.js";
import { keysetPage } from "./keyset.js";
import { api, where } from "./pb.js";
import { all } from "./search.js";

/** @typedef {"hard" | "soft" | "block" | "complaint"} BounceKind */

/** @type {BounceKind[]} */
export const bounceKinds = ["hard", "soft", "block", "complaint"];

/**
 * @typedef {object} Bounce
 * @property {string} id
 * @property {string} mailing     empty if it was deleted before
 * @property {string} client
 * @property {string} owner
 * @property {string} email
 * @property {BounceKind} kind
 * @property {number} code         SMTP reply code, 0 when the report has none
 * @property {string} enhanced_code
 * @property {string} diagnostic   what the mail system said
 * @property {string} created
 */

/**
 * @param {{search?: string, kind?: string, mailing?: string, owner?: string, code?: string, from?: Date | null, to?: Date | null, before: string, after: string, perPage: number}} wanted as of attempts
 * @param {AbortSignal} [signal] @returns {Promise<import("./keyset.js").KeysetPage<Bounce>>}
 */
export function listBounces({ search, kind, mailing, owner, code, from, to, ...place }, signal) {
  const filter = all(logged({ search, mailing, owner, code, from, to }), kind && where("kind = {:kind}", { kind }));
  return keysetPage("bounces", { ...place, filter }, signal);
}

/** What came back from one client. @param {string} client @param {{page: number, perPage: number}} place @param {AbortSignal} [signal] @returns {Promise<{items: Bounce[], totalItems: number}>} */
export const bouncesOfClient = (client, place, signal) => api(`/clients/${client}/bounces`, { query: place, signal });
