// The stop list: addresses and domains that an owner must not mail.
import { keysetPage } from "./keyset.js";
import { pb, where } from "./pb.js";
import { stale } from "./query.js";
import { all, ownedBy, wordsIn } from "./search.js";

/** @typedef {"unsubscribed" | "bounced" | "complained" | "manual" | "paused"} SuppressionReason */

/** @type {SuppressionReason[]} */
export const suppressionReasons = ["unsubscribed", "bounced", "complained", "manual", "paused"];

/**
 * @typedef {object} Suppression
 * @property {string} id
 * @property {string} owner
 * @property {"address" | "domain" | "erased"} kind  of an erased address only a keyed hash is left
 * @property {string} value
 * @property {SuppressionReason} reason
 * @property {string} mailing  id of the mailing that it came from, may be empty or gone
 * @property {string} note
 * @property {string} until  when a pause ends, "" for other reasons
 * @property {string} created
 */

/** @param {{search: string, reason: string, kind: string, owner: string, before: string, after: string, perPage: number}} wanted @param {AbortSignal} [signal] */
export function listSuppressions({ search, reason, kind, owner, ...place }, signal) {
  const filter = all(ownedBy(owner), reason && where("reason = {:reason}", { reason }), kind && where("kind = {:kind}", { kind }), wordsIn(["value", "note"], search));
  return /** @type {Promise<import("./keyset.js").KeysetPage<Suppression>>} */ (keysetPage("suppressions", { ...place, filter, expand: "owner" }, signal));
}

/** Why an owner must not mail an address, if so: by the address itself or by its domain. @param {string} owner @param {string} email @param {AbortSignal} [signal] @returns {Promise<Suppression[]>} */
export async function suppressionsOf(owner, email, signal) {
  const domain = email.slice(email.lastIndexOf("@") + 1);
  const filter = where("owner = {:owner} && ((kind = 'address' && value = {:email}) || (kind = 'domain' && value = {:domain}))", { owner, email, domain });
  return (await pb.collection("suppressions").getList(1, 10, { filter, skipTotal: true, signal })).items;
}

/** @param {Partial<Suppression>} values @returns {Promise<Suppression>} */
export async function suppress(values) {
  try {
    return await pb.collection("suppressions").create(values);
  } catch (error) {
    // What is unique together with its owner and kind is the value, which people typed.
    const wrong = error?.response?.data;
    if (wrong?.value?.code === "validation_not_unique") error.response.data = { value: { code: "suppressed_already" } };
    throw error;
  } finally {
    stale("suppressions", "clients", "client", "home");
  }
}

/** @param {string} id */
export async function unsuppress(id) {
  await pb.collection("suppressions").delete(id);
  stale("suppressions", "clients", "client", "home");
}
