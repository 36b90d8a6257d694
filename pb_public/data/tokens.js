// Tokens that programs sign in with.
import { api, pb } from "./pb.js";
import { stale, useQuery } from "./query.js";
import { me } from "./session.js";

/** @typedef {"read" | "write" | "send"} Scope */
/** @typedef {{id: string, name: string, scope: Scope[], expires: string, last_used_at: string, created: string}} Token */

/** @type {Scope[]} */
export const scopes = ["read", "write", "send"];

/** One's own tokens, the newest first; there are 100 at most. */
export function useTokens() {
  return useQuery(["tokens", me.value?.id ?? ""], (signal) => /** @type {Promise<Token[]>} */ (pb.collection("tokens").getFullList({ sort: "-created", signal })));
}

/** @param {{name: string, scopes: Scope[], expires: string}} values @returns {Promise<{id: string, secret: string}>} the secret is in this answer only */
export async function makeToken(values) {
  const made = await api("/tokens", { method: "POST", body: values });
  stale("tokens");
  return made;
}

/** @param {string} id */
export async function revokeToken(id) {
  await api(`/tokens/${id}`, { method: "DELETE" });
  stale("tokens");
}
