// Settings of the service: those of PocketBase, and the record instance.
import { ifMatch, pb } from "./pb.js";
import { amend, stale, useQuery } from "./query.js";
import { loadInstance } from "./instance.js";

/** PocketBase's own, with their version. Secrets are in no answer. @typedef {Record<string, any> & {version: string}} Settings */

/** Sends a request about the settings, and reads their version from the answer. @param {(options: any) => Promise<any>} request @param {any} options @returns {Promise<Settings>} */
async function withVersion(request, options) {
  let version = "";
  const answer = await request({
    ...options,
    fetch: async (...args) => {
      const response = await fetch(...args);
      // A proxy that compresses makes it a weak one.
      version = (response.headers.get("ETag") ?? "").replace(/^W\//, "").replaceAll('"', "");
      return response;
    },
  });
  return { ...answer, version };
}

/** @param {AbortSignal} [signal] */
export const readSettings = (signal) => withVersion((options) => pb.settings.getAll(options), { signal });

export const useSettings = () => useQuery(["settings"], readSettings);

/** Change some of them; what is not named stays, in groups too. @param {Record<string, any>} values @param {string} [version]  that was changed */
export async function saveSettings(values, version) {
  const saved = await withVersion((options) => pb.settings.update(values, options), ifMatch(version));
  // A form that opens before they are read again begins with what was saved, and names its version.
  amend("settings", () => saved);
  stale("settings", "setup", "health", "servers");
  await loadInstance();
  return saved;
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
  amend("instance", () => saved);
  stale("instance", "setup", "health");
  await loadInstance();
  return /** @type {any} */ (saved);
}
