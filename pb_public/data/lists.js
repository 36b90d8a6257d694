// Lists, and who is on them.
import { ifMatch, pb, where } from "./pb.js";
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

/** How many are on a list: may be mailed through it. @param {string} list @param {AbortSignal} [signal] @returns {Promise<number>} */
export async function countOnList(list, signal) {
  const filter = where("list = {:list} && status = 'confirmed'", { list });
  return (await subscriptions().getList(1, 1, { filter, fields: "id", signal })).totalItems;
}

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
 * @returns {Promise<{added: Subscription[], refused: number}>} what was added, and how many had opted out
 */
export async function joinLists(clients, ids) {
  const known = await subscriptionsOf(clients, ids);
  const has = new Set(known.map(({ list, client }) => `${list} ${client}`));
  const missing = ids.flatMap((list) => clients.map((client) => ({ list, client }))).filter(({ list, client }) => !has.has(`${list} ${client}`));
  try {
    const added = await each(missing, ({ list, client }) => subscriptions().create({ list, client, status: "confirmed" }));
    return { added, refused: known.filter(({ status }) => status === "unsubscribed").length };
  } finally {
    stale("lists", "clients", "client");
  }
}

/**
 * Take clients off a list. Where somebody has unsubscribed, that is kept.
 * @param {string[]} clients @param {string} id @returns {Promise<Subscription[]>} what was taken away
 */
export async function leaveList(clients, id) {
  const found = (await subscriptionsOf(clients, [id])).filter(({ status }) => status !== "unsubscribed");
  await dropSubscriptions(found);
  return found;
}

/** @param {Subscription[]} gone */
export async function dropSubscriptions(gone) {
  try {
    await each(gone, ({ id }) => subscriptions().delete(id));
  } finally {
    stale("lists", "clients", "client");
  }
}

/** Bring back what leaveList took away, as it was. @param {Subscription[]} gone */
export async function restoreSubscriptions(gone) {
  try {
    await each(gone, ({ list, client, status }) => subscriptions().create({ list, client, status }));
  } finally {
    stale("lists", "clients", "client");
  }
}
