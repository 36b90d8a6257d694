// Users, as managers see them.
import { api, pb, where } from "./pb.js";
import { stale } from "./query.js";
import { all, wordsIn } from "./search.js";

/** @typedef {import("./session.js").User & {block_reason: string, transactional_quota: number}} SeenUser */

/** What sets users apart for a manager. @type {Record<string, string>} */
const conditions = {
  awaiting: "awaiting_approval = true",
  blocked: "blocked = true",
  managers: "role = 'manager'",
  unverified: "verified = false",
};

export const userStates = Object.keys(conditions);

/**
 * @param {{search: string, state: string, sort: string, page: number, perPage: number}} wanted @param {AbortSignal} [signal]
 * @returns {Promise<{items: SeenUser[], totalItems: number}>}
 */
export function listUsers({ search, state, sort, page, perPage }, signal) {
  const filter = all(conditions[state], wordsIn(["name", "email"], search));
  return pb.collection("users").getList(page, perPage, { filter, sort: `${sort || "-created"},id`, signal });
}

/** How many users there are in each state. @param {AbortSignal} [signal] @returns {Promise<Record<string, number>>} */
export async function countUsers(signal) {
  const count = async (filter) => (await pb.collection("users").getList(1, 1, { filter, fields: "id", signal })).totalItems;
  const counts = await Promise.all(["", ...userStates].map(async (state) => [state, await count(conditions[state] ?? "")]));
  return Object.fromEntries(counts);
}

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<SeenUser>} */
export const readUser = (id, signal) => pb.collection("users").getOne(id, { signal });

/** How much a user has. @param {string} owner @param {AbortSignal} [signal] */
export async function countsOf(owner, signal) {
  const count = async (collection) => (await pb.collection(collection).getList(1, 1, { filter: where("owner = {:owner}", { owner }), fields: "id", signal })).totalItems;
  const [clients, messages, mailings] = await Promise.all(["clients", "messages", "mailings"].map(count));
  return { clients, messages, mailings };
}

/** Block (with a reason), unblock or approve a user. @param {string} id @param {"block" | "unblock" | "approve"} verb @param {{reason?: string}} [body] */
export async function moderate(id, verb, body) {
  await api(`/users/${id}/${verb}`, { method: "POST", body });
  stale("users", "mailings", "mailing");
}
