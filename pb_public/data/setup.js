// The first start: the first superuser, and what is left to set up.
import { api, pb } from "./pb.js";
import { stale, useQuery } from "./query.js";

/** @typedef {"service" | "mail" | "domain" | "registration" | "manager"} Step */
/** @typedef {{steps: {name: Step, done: boolean}[], next: Step | ""}} Setup */

export const useSetup = () => useQuery(["setup"], (signal) => /** @type {Promise<Setup>} */ (api("/setup", { signal })));

/** Whether the token of this start is good. @param {string} token */
export const checkToken = (token, signal) => api("/setup/check", { method: "POST", body: { token }, signal }).then(() => true);

/** Makes the first superuser, who is signed in by that. @param {string} token @param {{email: string, password: string}} values */
export async function makeSuperuser(token, { email, password }) {
  const { token: session, record } = await api("/setup/superuser", { method: "POST", body: { token, email: email.trim(), password } });
  pb.authStore.save(session, record);
}

/** Makes the first manager, who needs to confirm nothing. @param {{name: string, email: string, password: string, language: string}} values */
export async function makeManager({ name, email, password, language }) {
  await pb.collection("users").create({ name, email: email.trim(), password, passwordConfirm: password, language, role: "manager", verified: true });
  stale("setup", "users", "health");
}
