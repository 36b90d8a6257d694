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
