// How the service does, for superusers.
import { api } from "./pb.js";
import { useQuery } from "./query.js";

/**
 * @typedef {object} Finding
 * @property {string} code
 * @property {"error" | "warning" | "ok"} level
 * @property {string} detail    what was found, in English
 * @property {string} [do]      what to do about it, in English
 * @property {string} [reason]
 * @property {string} [subject]
 * @property {Record<string, any>} [values]
 */

/** @typedef {{ok: boolean, version: {version: string, commit: string, date: string, go: string, platform: string}, checks: Finding[]}} Health */

export const useHealth = () => useQuery(["health"], (signal) => /** @type {Promise<Health>} */ (api("/health", { signal })));
