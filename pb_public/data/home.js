// Counts of the service and of one's own.
import { api } from "./pb.js";
import { useQuery } from "./query.js";
import { me } from "./session.js";

/** @typedef {{mailings: number, active_mailings: number, unique_recipients: number}} Counts */

/** One's own: new_mailings are of the last seven days, new_recipients of the last thirty. @typedef {Counts & {messages: number, suppressions: number, new_mailings: number, new_recipients: number}} OwnCounts */

/** The server answers 304 while nothing has changed, which the browser turns into what it has kept. */
export function useHome() {
  return useQuery(["home", me.value?.id ?? ""], (signal) => /** @type {Promise<Counts & {mine?: OwnCounts}>} */ (api("/home", { signal })));
}
