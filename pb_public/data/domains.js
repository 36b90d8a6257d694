// The domains that e-mails come from, for superusers: their records in DNS, and what the last check found.
import { api, pb, where } from "./pb.js";
import { stale, useQuery } from "./query.js";

/**
 * @typedef {object} DnsRecord
 * @property {"spf" | "dkim" | "dkim_2" | "next_dkim" | "next_dkim_2" | "dmarc" | "return_path" | "mx"} kind
 * @property {"TXT" | "MX"} type
 * @property {string} name      the whole name
 * @property {string} host      the name as editors of zones want it
 * @property {string} expected  what to enter
 * @property {number} [priority]
 * @property {string[]} [parts] expected in strings of at most 255 characters, when it is longer
 * @property {boolean} optional
 * @property {string[]} found
 * @property {string} verdict
 * @property {"ok" | "warning" | "error"} level
 * @property {string} [alias]
 * @property {string} [broken]
 * @property {boolean} [macros]
 */

/**
 * @typedef {object} Report
 * @property {string} name
 * @property {string} zone
 * @property {string[]} senders  their names, "" for the mail settings
 * @property {string[]} asked    name servers
 * @property {string | null} checked_at
 * @property {boolean} changed
 * @property {boolean} ok
 * @property {DnsRecord[]} records
 * @property {{ok: boolean, verdict: string, from: string, envelope: string}} alignment
 */

/** @typedef {{id: string, name: string, checked_at: string, result: Report | null, next_selector: string}} Domain */

export const useDomains = () => useQuery(["domains"], (signal) => /** @type {Promise<Domain[]>} */ (pb.collection("domains").getFullList({ sort: "name", signal })));

/** @param {string} name */
export const useDomain = (name) => useQuery(["domains", name], (signal) => /** @type {Promise<Report>} */ (api(`/domains/${encodeURIComponent(name)}`, { signal })));

/** Adds a domain; its keys are made by that. @param {string} name @returns {Promise<Domain>} */
export async function addDomain(name) {
  const made = await pb.collection("domains").create({ name });
  stale("domains");
  return made;
}

/** Asks the domain's name servers. @param {string} name @returns {Promise<Report>} */
export async function checkDomain(name) {
  const report = await api(`/domains/${encodeURIComponent(name)}/check`);
  stale("domains");
  return report;
}

/** Makes keys that replace those of the domain once they are published. @param {string} name */
export async function rotateKeys(name) {
  await api(`/domains/${encodeURIComponent(name)}/rotate`, { method: "POST" });
  stale("domains");
}

/** @param {string} name */
export async function removeDomain(name) {
  const { id } = await pb.collection("domains").getFirstListItem(where("name = {:name}", { name }));
  await pb.collection("domains").delete(id);
  stale("domains");
}
