// Imports of clients: files that the server reads in the background, and what became of their rows.
import { useEffect } from "../html.js";
import { keysetPage } from "./keyset.js";
import { api, download } from "./pb.js";
import { stale, useQuery } from "./query.js";
import { ownedBy } from "./search.js";

/** @typedef {"keep" | "fill" | "overwrite"} OnConflict */
/** @typedef {{header: string, field: string, by?: "mapping" | "header" | "content" | "place"}} Column field: email, full_name, comment, attributes.city, status, or "" for nowhere */
/** @typedef {{encoding?: string, delimiter?: string, header?: string}} Reading how to read a file; what is empty is found out */
/** @typedef {{line: number, code: string, value: string, detail: string}} Problem */

/**
 * @typedef {object} Import
 * @property {string} id
 * @property {string} owner
 * @property {string} file_name
 * @property {string} list
 * @property {{on_conflict: OnConflict, asked: Reading, encoding?: string, encoding_sure: boolean, delimiter?: string, header: number, address_list: boolean, columns?: Column[], sample?: string[][], left?: Record<string, number>, new_lists?: string[], undone?: {removed: number, restored: number, kept: number}}} options
 * @property {"queued" | "running" | "completed" | "failed" | "undone"} status
 * @property {boolean} dry_run   nothing was changed
 * @property {number} total      rows so far
 * @property {number} added
 * @property {number} changed
 * @property {number} unchanged
 * @property {number} invalid
 * @property {number} suppressed on the stop list: kept as clients, not mailed
 * @property {Problem[]} problems  the first of them
 * @property {string} report     file with all of them
 * @property {string} error      why it failed
 * @property {string} created
 * @property {any} [expand]
 */

/** @param {Import} found */
export const isOver = ({ status }) => status !== "queued" && status !== "running";

/**
 * Hand a file over; the answer comes before it has been read.
 * @param {{file: File, list: string, onConflict: OnConflict, consent?: boolean, reading?: Reading, mapping?: Record<string, string>, dryRun: boolean}} wanted @returns {Promise<Import>}
 */
export async function startImport({ file, list, onConflict, consent = false, reading = {}, mapping, dryRun }) {
  const body = new FormData();
  body.set("file", file);
  if (list) body.set("list", list);
  body.set("on_conflict", onConflict);
  if (consent) body.set("consent", "true");
  for (const [name, value] of Object.entries(reading)) if (value) body.set(name, value);
  if (mapping) body.set("mapping", JSON.stringify(mapping));
  body.set("dry_run", String(dryRun));
  const begun = await api("/clients/import", { method: "POST", body });
  stale("imports");
  return begun;
}

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<Import>} */
export const readImport = (id, signal) => api(`/imports/${id}`, { signal });

const pause = 700;

/** An import, read again and again until it is over. @param {string} id */
export function useImport(id) {
  const found = useQuery(["import", id], (signal) => readImport(id, signal));
  const running = found.data && !isOver(found.data);
  useEffect(() => {
    if (!running || found.busy) return;
    const timer = setTimeout(found.reload, pause);
    return () => clearTimeout(timer);
  }, [running, found.busy]);
  const over = found.data && !running && !found.data.dry_run;
  useEffect(() => {
    if (over) stale("clients", "client", "lists", "home", "imports");
  }, [over]);
  return found;
}

/** @param {string} id */
export async function undoImport(id) {
  await api(`/imports/${id}/undo`, { method: "POST" });
  stale("import", "imports", "clients", "client", "lists", "home");
}

/** @param {{before: string, after: string, owner: string, perPage: number}} wanted @param {AbortSignal} [signal] @returns {Promise<import("./keyset.js").KeysetPage<Import>>} */
export const listImports = ({ owner, ...place }, signal) => keysetPage("imports", { ...place, filter: ownedBy(owner), expand: "list,owner" }, signal);

/** Every problem of an import, as a file. @param {Import} found @param {string} name what the file is called */
export const saveReport = (found, name) => download(`/imports/${found.id}/report.csv`, name);
