// The first start: the first superuser, and what is left to set up.
import { api, pb } from "./pb.js";
import { loadInstance } from "./instance.js";
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

/** PocketBase's settings, as far as they are asked for here. */
export const useSettings = () => useQuery(["settings"], (signal) => pb.settings.getAll({ signal }));

/** @param {Record<string, any>} changes  of PocketBase's settings: only what is named changes */
export async function saveSettings(changes) {
  await pb.settings.update(changes);
  stale("settings", "setup", "health");
  await loadInstance();
}

/**
 * @typedef {object} MailTest
 * @property {boolean} ok
 * @property {string} stage  how far it came
 * @property {string} response  the server's own words
 */

/** Connects with the mail server of the settings, and sends an email if there is an address. @param {string} [to] @returns {Promise<MailTest>} */
export const testMail = (to) => api("/senders/default/test", { method: "POST", body: to ? { to } : {} });

export const useDecisions = () => useQuery(["instanceRecord"], (signal) => pb.collection("instance").getFirstListItem("", { signal }));

/** @param {string} id @param {{registration: string, new_user_daily_quota: number}} values */
export async function saveDecisions(id, values) {
  await pb.collection("instance").update(id, values);
  stale("instanceRecord", "setup");
  await loadInstance();
}

/** Makes the first manager, who needs to confirm nothing. @param {{name: string, email: string, password: string, language: string}} values */
export async function makeManager({ name, email, password, language }) {
  await pb.collection("users").create({ name, email: email.trim(), password, passwordConfirm: password, language, role: "manager", verified: true });
  stale("setup", "users", "health");
}

