// Settings of the service: those of PocketBase, and the record instance.
import { ifMatch, pb } from "./pb.js";
import { stale, useQuery } from "./query.js";
import { loadInstance } from "./instance.js";

/** PocketBase's own. Secrets are in no answer. */
export const useSettings = () => useQuery(["settings"], (signal) => pb.settings.getAll({ signal }));

/** Change some of them; what is not named stays, in groups too. @param {Record<string, any>} values */
export async function saveSettings(values) {
  await pb.settings.update(values);
  stale("settings", "health", "servers");
  loadInstance();
}

/**
 * @typedef {object} Decisions  the one record of instance
 * @property {string} id
 * @property {string} updated
 * @property {"open" | "approval" | "closed"} registration
 * @property {number} new_user_daily_quota
 * @property {number} attempts_kept_days
 * @property {number} storage_limit_mb
 * @property {boolean} default_sender_open
 * @property {number} soft_bounces
 * @property {number} pause_bounce_percent
 * @property {number} pause_complaint_percent
 */

/** @param {AbortSignal} [signal] @returns {Promise<Decisions>} */
export const readDecisions = (signal) => pb.collection("instance").getFirstListItem("", { signal });

export const useDecisions = () => useQuery(["instance"], readDecisions);

/** @param {Partial<Decisions> & {id: string}} values @param {string} [version]  that was changed @returns {Promise<Decisions>} */
export async function saveDecisions({ id, ...values }, version) {
  const saved = await pb.collection("instance").update(id, values, ifMatch(version));
  stale("instance", "health");
  loadInstance();
  return /** @type {any} */ (saved);
}
