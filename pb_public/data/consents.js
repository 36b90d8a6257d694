// The log of how people came onto lists and left them.
import { pb, where } from "./pb.js";

/**
 * @typedef {object} Consent
 * @property {string} id
 * @property {string} list  id, "" for all emails
 * @property {"requested" | "confirmed" | "imported" | "added" | "changed" | "withdrawn"} event
 * @property {string} ip
 * @property {string} user_agent
 * @property {string} created
 */

/**
 * One page of a client's log, the newest first.
 * @param {import("./clients.js").Client} client @param {{page: number, perPage: number}} wanted @param {AbortSignal} [signal]
 * @returns {Promise<{items: Consent[], totalItems: number}>}
 */
export const consentsOf = ({ id, owner }, { page, perPage }, signal) =>
  /** @type {any} */ (pb.collection("consents").getList(page, perPage, { filter: where("owner = {:owner} && client = {:id}", { owner, id }), sort: "-created,-id", signal }));
