// Clients.
import { api, download, ifMatch, pb, where } from "./pb.js";
import { stale } from "./query.js";
import { all, ownedBy, wordsIn } from "./search.js";
import { me } from "./session.js";
import { joinLists } from "./lists.js";
import { each } from "./each.js";

/** @typedef {"active" | "unsubscribed" | "bounced" | "complained"} ClientStatus */

/** @type {ClientStatus[]} */
export const clientStatuses = ["active", "unsubscribed", "bounced", "complained"];

/**
 * @typedef {object} Client
 * @property {string} id
 * @property {string} owner
 * @property {string} email
 * @property {string} full_name
 * @property {string} comment
 * @property {string} language  of the pages that the client opens, "" for that of the browser
 * @property {Record<string, unknown>} attributes
 * @property {ClientStatus} status
 * @property {string} created
 * @property {string} updated
 * @property {any} [expand]
 */

/** What narrows the list; filter: conditions as a mailing has them. @typedef {{search: string, status: string, list: string, filter: string, owner: string}} ClientsWanted */

const clients = () => pb.collection("clients");

/**
 * One page of clients. Counting all of them would cost more than reading the page: countClients does it apart.
 * @param {ClientsWanted & {sort: string, page: number, perPage: number}} wanted @param {AbortSignal} [signal]
 * @returns {Promise<{items: Client[]}>}
 */
export const listClients = (wanted, signal) => api("/clients", { query: { ...wanted, skipTotal: 1, expand: "owner" }, signal });

/** @param {ClientsWanted} wanted @param {AbortSignal} [signal] @returns {Promise<number>} */
export const countClients = async (wanted, signal) => (await api("/clients", { query: { ...wanted, perPage: 1 }, signal })).totalItems;

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<Client>} */
export const readClient = (id, signal) => clients().getOne(id, { expand: "owner", signal });

/**
 * Create or change a client, and put a new one on lists.
 * @param {Partial<Client>} values @param {string[]} [lists] @param {string} [version]  that was changed
 * @returns {Promise<Client & {failed: {error: unknown}[]}>} failed: lists that it could not be put on
 */
export async function saveClient({ id, ...values }, lists = [], version) {
  try {
    const saved = id ? await clients().update(id, values, ifMatch(version)) : await clients().create(values);
    // The client is saved; that a list did not take it is another matter.
    const { failed } = lists.length > 0 ? await joinLists([saved.id], lists) : { failed: [] };
    return { ...saved, failed };
  } catch (error) {
    // The address and its owner are unique together; it is the address that people typed.
    const wrong = error?.response?.data;
    if (wrong?.email?.code === "validation_not_unique") error.response.data = { email: { code: "client_exists" } };
    throw error;
  } finally {
    stale("clients", "client", "lists", "home");
  }
}

/** @param {string[]} ids @returns {Promise<import("./each.js").Outcome<string, unknown>>} */
export async function deleteClients(ids) {
  const outcome = await each(ids, (id) => clients().delete(id).catch(unlessGone));
  stale("clients", "client", "lists", "home");
  return outcome;
}

/** Which of one's own clients match. @param {ClientsWanted} wanted */
const matching = ({ search, status, list, filter }) => ({ search, status, list, filter });

/**
 * Put all clients that match on a list; who has unsubscribed from it stays so.
 * @param {ClientsWanted} wanted @param {number} expected  how many were shown @param {string} list
 * @returns {Promise<{clients: string[], refused: number}>}
 */
export const joinMatching = (wanted, expected, list) => changeMany({ act: "join", list, matching: matching(wanted), expected });

/** Take all clients that match off a list. @param {ClientsWanted} wanted @param {number} expected @param {string} list @returns {Promise<{confirmed: string[], pending: string[]}>} */
export const leaveMatching = (wanted, expected, list) => changeMany({ act: "leave", list, matching: matching(wanted), expected });

/** @param {ClientsWanted} wanted @param {number} expected @returns {Promise<{deleted: number}>} */
export const deleteMatching = (wanted, expected) => changeMany({ act: "delete", matching: matching(wanted), expected });

/** Take joinMatching back. @param {string} list @param {string[]} clients */
export const unjoin = (list, clients) => changeMany({ act: "leave", list, clients });

/** Take leaveMatching back: everybody is on the list as before. @param {string} list @param {{confirmed: string[], pending: string[]}} left */
export async function rejoin(list, left) {
  for (const status of /** @type {const} */ (["confirmed", "pending"])) {
    if (left[status].length > 0) await changeMany({ act: "join", list, clients: left[status], status });
  }
}

/** @param {Record<string, unknown>} body @returns {Promise<any>} */
async function changeMany(body) {
  try {
    return await api("/clients/bulk", { method: "POST", body });
  } finally {
    stale("clients", "client", "lists", "home");
  }
}

/** Somebody else was faster. */
function unlessGone(error) {
  if (error?.status !== 404) throw error;
}

/**
 * One's own clients as a file: all of them, or those that match.
 * @param {"csv" | "xlsx"} format @param {string} name what the file is called, without its ending @param {ClientsWanted} [wanted]
 */
export const exportClients = (format, name, wanted) => download(`/clients/export.${format}`, `${name}.${format}`, wanted && matching(wanted));

/** A few clients whose name or address contains the words, for choosing one. @param {string} search @param {string} [owner] @param {AbortSignal} [signal] @returns {Promise<Client[]>} */
export async function findClients(search, owner = me.peek().id, signal) {
  const filter = all(ownedBy(owner), wordsIn(["email", "full_name"], search));
  return (await clients().getList(1, 20, { filter, sort: "-created", skipTotal: true, signal })).items;
}

/** The id of one's newest client who can be mailed by any mail server, "" when there is none among the newest. @param {AbortSignal} [signal] @returns {Promise<string>} */
export async function newestMailable(signal) {
  const filter = all(ownedBy(me.peek().id), "status = 'active'");
  const { items } = await clients().getList(1, 20, { filter, sort: "-created", skipTotal: true, fields: "id,email", signal });
  // Servers without SMTPUTF8 do not take others.
  return items.find(({ email }) => /^[\x21-\x7e]+@/.test(email))?.id ?? "";
}

/** @param {string[]} ids @param {AbortSignal} [signal] @returns {Promise<Client[]>} */
export async function clientsById(ids, signal) {
  /** @type {Client[]} */
  const found = [];
  // An address has a length that servers put up with: ask in portions.
  for (let i = 0; i < ids.length; i += 50) {
    const filter = ids.slice(i, i + 50).map((id) => where("id = {:id}", { id })).join(" || ");
    found.push(...(await clients().getList(1, 50, { filter, skipTotal: true, signal })).items);
  }
  return found;
}

/** How many of the newest clients are looked at to learn which attributes there are. */
const sampled = 200;

/**
 * Attributes of one's own clients, the commonest first, each with a value that somebody has.
 * @param {AbortSignal} [signal] @returns {Promise<{name: string, example: string}[]>}
 */
export async function ownAttributes(signal) {
  const { items } = await clients().getList(1, sampled, { filter: ownedBy(me.peek().id), sort: "-created", skipTotal: true, fields: "attributes", signal });
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
