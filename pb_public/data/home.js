// Counts of the service and of one's own.
import { useEffect } from "../html.js";
import { listen } from "./live.js";
import { api, pb } from "./pb.js";
import { stale, useQuery } from "./query.js";
import { isFor, me } from "./session.js";

/** @typedef {{mailings: number, active_mailings: number, unique_recipients: number}} Counts */

/** One's own: new_mailings are of the last seven days, new_recipients of the last thirty. @typedef {Counts & {messages: number, suppressions: number, new_mailings: number, new_recipients: number}} OwnCounts */

/** The server answers 304 while nothing has changed, which the browser turns into what it has kept. */
export function useHome() {
  return useQuery(["home", me.value?.id ?? ""], (signal) => /** @type {Promise<Counts & {mine?: OwnCounts}>} */ (api("/home", { signal })));
}

/** How many users wait for a manager's yes; 0 for those who are none, and as long as it is not known. */
export function useAwaiting() {
  const watches = isFor("manager");
  const awaiting = useQuery(watches ? ["users", "awaiting"] : null, (signal) => pb.collection("users").getList(1, 1, { filter: "awaiting_approval = true && blocked = false", fields: "id", signal }));
  useEffect(() => (watches ? listen("users/*", () => stale("users")) : undefined), [watches]);
  return watches ? (awaiting.data?.totalItems ?? 0) : 0;
}
