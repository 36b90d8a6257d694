// The log of every try to hand a mail to a mail server.
import { keysetPage } from "./keyset.js";
import { api, pb, where } from "./pb.js";
import { all, literally, ownedBy, wordsIn } from "./search.js";

/** @typedef {"success" | "failure" | "uncertain"} AttemptStatus */

/** @type {AttemptStatus[]} */
export const attemptStatuses = ["success", "failure", "uncertain"];

/**
 * @typedef {object} Attempt
 * @property {string} id
 * @property {string} mailing
 * @property {string} client
 * @property {string} owner
 * @property {string} email        as the mail was sent
 * @property {AttemptStatus} status
 * @property {number} code         SMTP reply code, 0 when there was no reply
 * @property {string} enhanced_code
 * @property {string} response
 * @property {number} try          1 is the first
 * @property {number} duration_ms
 * @property {string} created
 */

/**
 * @param {{search?: string, status?: string, mailing?: string, owner?: string, code?: string, from?: Date | null, to?: Date | null, before: string, after: string, perPage: number}} wanted code: "550" or "5.1.1" or the beginning of one; to is not included
 * @param {AbortSignal} [signal] @returns {Promise<import("./keyset.js").KeysetPage<Attempt>>}
 */
export function listAttempts({ search = "", status, mailing, owner, code, from, to, ...place }, signal) {
  const filter = all(logged({ search, mailing, owner, code, from, to }), status && where("status = {:status}", { status }));
  return keysetPage("attempts", { ...place, filter }, signal);
}

/** The filter of a log of e-mails. @param {{search?: string, mailing?: string, owner?: string, code?: string, from?: Date | null, to?: Date | null}} wanted */
export const logged = ({ search = "", mailing, owner, code, from, to }) =>
  all(
    ownedBy(owner),
    mailing && where("mailing = {:mailing}", { mailing }),
    code && codeIs(code),
    from && where("created >= {:from}", { from }),
    to && where("created < {:to}", { to }),
    wordsIn(["email"], search),
  );

/**
 * What was sent to one client. Looking through all attempts would take a second where there are a million.
 * @param {string} client @param {{page: number, perPage: number}} place @param {AbortSignal} [signal]
 * @returns {Promise<{items: Attempt[], totalItems: number}>}
 */
export const attemptsOfClient = (client, place, signal) => api(`/clients/${client}/attempts`, { query: place, signal });

/** @param {string} typed */
function codeIs(typed) {
  const code = typed.trim();
  if (/^\d{3}$/.test(code)) return where("code = {:code}", { code: Number(code) });
  if (/^\d{1,2}$/.test(code)) return where("code >= {:from} && code < {:to}", { from: Number(code.padEnd(3, "0")), to: Number(code.padEnd(3, "9")) + 1 });
  return where("enhanced_code ~ {:code}", { code: `${literally(code)}%` });
}

/**
 * Names of mailings by their ids; those that are gone have none.
 * @param {string[]} ids @param {AbortSignal} [signal] @returns {Promise<Record<string, string>>}
 */
export async function mailingNames(ids, signal) {
  const wanted = [...new Set(ids)].filter(Boolean);
  if (wanted.length === 0) return {};
  const filter = wanted.map((id) => where("id = {:id}", { id })).join(" || ");
  const { items } = await pb.collection("mailings").getList(1, wanted.length, { filter, fields: "id,name", skipTotal: true, signal });
  return Object.fromEntries(items.map(({ id, name }) => [id, name]));
}
