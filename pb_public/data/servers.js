// Mail servers as superusers set them up: the records of senders.
import { api, ifMatch, pb } from "./pb.js";
import { stale, useQuery } from "./query.js";
import { useEvery } from "./renewal.js";

/**
 * @typedef {object} Server
 * @property {string} id
 * @property {string} updated
 * @property {string} name
 * @property {string} from_email
 * @property {string} from_name
 * @property {string} reply_to
 * @property {string} host
 * @property {number} port
 * @property {"none" | "starttls" | "implicit"} tls
 * @property {string} username
 * @property {number} connections
 * @property {number} rate_per_second
 * @property {number} domain_rate_per_second
 * @property {number} daily_limit
 * @property {number} warm_up_start
 * @property {number} warm_up_growth
 * @property {"everyone" | "chosen"} access
 * @property {string[]} users
 * @property {string} return_path
 * @property {"plus" | "minus" | "plain"} return_path_style
 * @property {string} dkim_domain
 * @property {string} dkim_selector
 * @property {string} dkim_selector_2
 * @property {boolean} off
 */

/**
 * @typedef {object} Status  how one does now
 * @property {string} sender  an id, "" for PocketBase's own mail settings
 * @property {"ok" | "off" | "trouble" | "used_up"} state
 * @property {number} queue
 * @property {number} used
 * @property {number} limit
 * @property {number} day
 * @property {number} connections
 * @property {null | {code: string, until: string, detail: string}} trouble
 * @property {{at: string, status: string, code: number, enhanced_code: string, response: string}[]} [answers]
 */

/** @typedef {{ok: boolean, stage: string, reason: string, code: number, enhanced_code: string, response: string, encrypted: boolean, duration_ms: number}} Trial */

const servers = () => pb.collection("senders");

export const useServers = () => useQuery(["servers", "list"], (signal) => /** @type {Promise<Server[]>} */ (servers().getFullList({ sort: "name", signal })));

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<Server>} */
export const readServer = (id, signal) => servers().getOne(id, { signal });

/** How all of them do, followed live. */
export function useStatus() {
  const status = useQuery(["servers", "status"], (signal) => /** @type {Promise<{sending: string, servers: Status[]}>} */ (api("/senders/status", { signal })));
  useEvery(status.reload);
  return status;
}

/** Make one or change it: an empty secret keeps what is stored. @param {Partial<Server> & Record<string, any>} values @param {string} [version]  that was changed @returns {Promise<Server>} */
export async function saveServer({ id, ...values }, version) {
  const saved = id ? await servers().update(id, values, ifMatch(version)) : await servers().create(values);
  stale("servers", "senders", "health");
  return /** @type {any} */ (saved);
}

/** @param {string} id */
export async function deleteServer(id) {
  await servers().delete(id);
  stale("servers", "senders", "health");
}

/** Connect and sign in; with an address, send a short email there. @param {string} id  "default": PocketBase's own mail settings @param {string} [to] @returns {Promise<Trial>} */
export const tryServer = (id, to = "") => api(`/senders/${id}/test`, { method: "POST", body: { to } });
