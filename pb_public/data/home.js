// Counts of the service and of one's own.
import { api } from "./pb.js";
import { useQuery } from "./query.js";
import { me } from "./session.js";

/** @typedef {{mailings: number, active_mailings: number, unique_recipients: number}} Counts */

/** The server answers 304 while nothing has changed, which the browser turns into what it has kept. */
export function useHome() {
  return useQuery(["home", me.value?.id ?? ""], (signal) => /** @type {Promise<Counts & {mine?: Counts}>} */ (api("/home", { signal })));
}
