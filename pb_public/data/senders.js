// Senders: what one may send mailings with.
import { api, pb } from "./pb.js";
import { ownedBy } from "./search.js";
import { me } from "./session.js";

/** @typedef {{id: string, name: string, from_email: string, from_name: string}} Sender */

/** How a sender does; "" is not known. @typedef {"ok" | "trouble" | "used_up" | "off" | ""} State */

/**
 * What one may send mailings with, and how it does; default: the service's own mail settings. quota: emails a UTC day, with a limit of 0 for none.
 * @param {AbortSignal} [signal] @returns {Promise<{senders: Sender[], default: boolean, states: Record<string, State>, default_state: State, quota: {limit: number, used: number}}>}
 */
export const usableSenders = (signal) => api("/senders", { signal });

/**
 * Who the user's last mailing came from, for the next one to begin with: nothing when there is none, or its sender may not be used any more.
 * @param {AbortSignal} [signal] @returns {Promise<Partial<Pick<import("./mailings.js").Mailing, "sender" | "from_name" | "reply_to">>>}
 */
export async function lastFrom(signal) {
  const own = { filter: ownedBy(me.peek().id), sort: "-created", skipTotal: true, fields: "sender,from_name,reply_to", signal };
  const [{ items }, usable] = await Promise.all([pb.collection("mailings").getList(1, 1, own), usableSenders(signal)]);
  const [last] = items;
  if (!last || !(last.sender ? usable.senders.some(({ id }) => id === last.sender) : usable.default)) return {};
  return { sender: last.sender, from_name: last.from_name, reply_to: last.reply_to };
}
