// Clients and their lists.
import { pb, where } from "./pb.js";
import { me } from "./session.js";

/**
 * @typedef {object} Client
 * @property {string} id
 * @property {string} owner
 * @property {string} email
 * @property {string} full_name
 * @property {string} comment
 * @property {Record<string, unknown>} attributes
 * @property {"active" | "unsubscribed" | "bounced" | "complained"} status
 * @property {string} created
 */

/** A few clients whose name or address contains the words, for choosing one. @param {string} search @param {string} [owner] @param {AbortSignal} [signal] @returns {Promise<Client[]>} */
export async function findClients(search, owner = me.peek().id, signal) {
  const filter = where("owner = {:owner}", { owner }) + (search && ` && (${where("email ~ {:search} || full_name ~ {:search}", { search })})`);
  return (await pb.collection("clients").getList(1, 20, { filter, sort: "-created", skipTotal: true, signal })).items;
}

/** @param {string[]} ids @param {AbortSignal} [signal] @returns {Promise<Client[]>} */
export async function clientsById(ids, signal) {
  /** @type {Client[]} */
  const found = [];
  // An address has a length that servers put up with: ask in portions.
  for (let i = 0; i < ids.length; i += 50) {
    const filter = ids.slice(i, i + 50).map((id) => where("id = {:id}", { id })).join(" || ");
    found.push(...(await pb.collection("clients").getList(1, 50, { filter, skipTotal: true, signal })).items);
  }
  return found;
}

/** @typedef {{id: string, owner: string, name: string, description: string, public: boolean, double_opt_in: boolean}} List */

/** One's own lists by name. @param {AbortSignal} [signal] @returns {Promise<List[]>} */
export const ownLists = (signal) => pb.collection("lists").getFullList({ filter: where("owner = {:owner}", { owner: me.peek().id }), sort: "name", signal });

/** How many of the newest clients are looked at to learn which attributes there are. */
const sampled = 200;

/**
 * Attributes of one's own clients, the commonest first, each with a value that somebody has.
 * @param {AbortSignal} [signal] @returns {Promise<{name: string, example: string}[]>}
 */
export async function ownAttributes(signal) {
  const filter = where("owner = {:owner}", { owner: me.peek().id });
  const { items } = await pb.collection("clients").getList(1, sampled, { filter, sort: "-created", skipTotal: true, fields: "attributes", signal });
  /** @type {Map<string, {name: string, example: string, count: number}>} */
  const found = new Map();
  for (const { attributes } of items) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
      const known = found.get(name) ?? { name, example: "", count: 0 };
      found.set(name, { name, example: known.example || String(value ?? ""), count: known.count + 1 });
    }
  }
  return [...found.values()].sort((a, b) => b.count - a.count).map(({ name, example }) => ({ name, example }));
}
