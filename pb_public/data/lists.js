// Lists, and who is on them.
import { api, ifMatch, pb, where } from "./pb.js";
import { each } from "./each.js";
import { stale } from "./query.js";
import { all, ownedBy } from "./search.js";
import { me } from "./session.js";

/** @typedef {{id: string, owner: string, name: string, description: string, public: boolean, double_opt_in: boolean, created: string, updated: string, expand?: any}} List */
/** @typedef {{id: string, list: string, client: string, status: "confirmed" | "pending" | "unsubscribed", updated: string, expand?: any}} Subscription */

const lists = () => pb.collection("lists");
const subscriptions = () => pb.collection("subscriptions");

/** One's own lists by name. @param {AbortSignal} [signal] @returns {Promise<List[]>} */
export const ownLists = (signal) => listsOf(me.peek().id, signal);

/** Lists of an owner, or with "" everybody's that one may see, by name. @param {string} owner @param {AbortSignal} [signal] @returns {Promise<List[]>} */
export const listsOf = (owner, signal) => lists().getFullList({ filter: ownedBy(owner), sort: "name", expand: "owner", signal });

/** @param {string} id @returns {Promise<List>} */
export const readList = (id) => lists().getOne(id);

/** How many are on each list of an owner, or with "" of everybody's: may be mailed through it. @param {string} owner @param {AbortSignal} [signal] @returns {Promise<Record<string, number>>} by the list's id */
export const countsOnLists = (owner, signal) => api("/lists/counts", { query: owner ? { owner } : {}, signal });

/** @param {Partial<List>} values @param {string} [version]  that was changed @returns {Promise<List>} */
export async function saveList({ id, ...values }, version) {
  const saved = await (id ? lists().update(id, values, ifMatch(version)) : lists().create(values));
  stale("lists");
  return saved;
}

/** The clients stay. @param {string} id */
export async function deleteList(id) {
  await lists().delete(id);
  stale("lists", "clients", "client");
}

/** Lists that a client is or was on. @param {string} client @param {AbortSignal} [signal] @returns {Promise<Subscription[]>} */
export const listsOfClient = (client, signal) => subscriptions().getFullList({ filter: where("client = {:client}", { client }), expand: "list", sort: "list.name", signal });

/** Subscriptions of some clients to some lists. @param {string[]} clients @param {string[]} ids @returns {Promise<Subscription[]>} */
async function subscriptionsOf(clients, ids) {
  /** @type {Subscription[]} */
  const found = [];
  const onLists = ids.map((list) => where("list = {:list}", { list })).join(" || ");
  for (let i = 0; i < clients.length; i += 50) {
    const ofClients = clients.slice(i, i + 50).map((client) => where("client = {:client}", { client })).join(" || ");
    found.push(...(await subscriptions().getFullList({ filter: all(`(${onLists})`, `(${ofClients})`) })));
  }
  return found;
}

/**
 * Put clients on lists. Who has unsubscribed stays unsubscribed: that was their own decision; who has yet to
 * confirm still has to.
 * @param {string[]} clients @param {string[]} ids
 * @returns {Promise<{added: Subscription[], refused: number, failed: {item: {list: string, client: string}, error: unknown}[]}>} what was added, and how many had opted out
 */
export async function joinLists(clients, ids) {
  const known = await subscriptionsOf(clients, ids);
  const has = new Set(known.map(({ list, client }) => `${list} ${client}`));
  const missing = ids.flatMap((list) => clients.map((client) => ({ list, client }))).filter(({ list, client }) => !has.has(`${list} ${client}`));
  const { done, failed } = await each(missing, ({ list, client }) => subscriptions().create({ list, client, status: "confirmed" }));
  stale("lists", "clients", "client");
  return { added: done.map(({ result }) => result), refused: known.filter(({ status }) => status === "unsubscribed").length, failed };
}

/**
 * Take clients off a list. Where somebody has unsubscribed, that is kept.
 * @param {string[]} clients @param {string} id @returns {Promise<import("./each.js").Outcome<Subscription, unknown>>} done: what was taken away
 */
export async function leaveList(clients, id) {
  return dropSubscriptions((await subscriptionsOf(clients, [id])).filter(({ status }) => status !== "unsubscribed"));
}

/** @param {Subscription[]} gone @returns {Promise<import("./each.js").Outcome<Subscription, unknown>>} */
export async function dropSubscriptions(gone) {
  const outcome = await each(gone, ({ id }) => subscriptions().delete(id));
  stale("lists", "clients", "client");
  return outcome;
}

/** Bring back what leaveList took away, as it was. @param {Subscription[]} gone @returns {Promise<import("./each.js").Outcome<Subscription, unknown>>} */
export async function restoreSubscriptions(gone) {
  const outcome = await each(gone, ({ list, client, status }) => subscriptions().create({ list, client, status }));
  stale("lists", "clients", "client");
  return outcome;
}
