// The client of PocketBase, set up once. Nothing else in the UI makes requests.
import PocketBase from "../vendor/pocketbase-0.28.1.js";
import { language } from "../i18n/index.js";
import { effect } from "../html.js";

export { getTokenPayload } from "../vendor/pocketbase-0.28.1.js";

/** Served from any folder: the API is beside the page. */
export const pb = new PocketBase(new URL(".", location.href).href);

// Requests are cancelled by those who make them, not by a guess that two to the same path are one.
pb.autoCancellation(false);

effect(() => {
  pb.lang = language.value;
});

/**
 * Call one of Gonets's own routes.
 * @param {string} path below /api/gonets, e.g. "/mailings/abc/send"
 * @param {{method?: string, body?: unknown, query?: Record<string, unknown>, headers?: Record<string, string>, signal?: AbortSignal}} [options]
 * @returns {Promise<any>} the answer's JSON
 */
export function api(path, options = {}) {
  return pb.send(`/api/gonets${path}`, { method: "GET", ...options });
}

/**
 * Fetch a file that needs the user's session and hand it to the browser to save. A link would need the token in its address.
 * @param {string} path below /api/gonets @param {string} name what the file is called
 * @param {Record<string, string>} [query]
 */
export async function download(path, name, query = {}) {
  const search = new URLSearchParams(query).toString();
  const url = pb.buildURL(`/api/gonets${path}`) + (search && "?" + search);
  const response = await fetch(url, { headers: { Authorization: pb.authStore.token } });
  if (!response.ok) throw Object.assign(new Error(response.statusText), { status: response.status, response: await response.json().catch(() => ({})) });
  saveFile(await response.blob(), name);
}

/** Hand what was read to the browser to save. @param {Blob} blob @param {string} name what the file is called */
export function saveFile(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A key that makes repeating a request harmless: the server answers what it answered the first time. randomUUID is there on https only. */
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Options of an update that is refused with 412 when the record is another version by now. @param {string} [version]  its updated; "" overwrites whatever is there */
export const ifMatch = (version) => (version ? { headers: { "If-Match": `"${version}"` } } : {});

/**
 * A filter with values put in safely: where("owner = {:owner}", {owner}).
 * @param {string} expression @param {Record<string, unknown>} [values]
 */
export const where = (expression, values) => pb.filter(expression, values);
