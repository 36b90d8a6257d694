// Backups of the service, for superusers.
import { api, pb } from "./pb.js";
import { stale, useQuery } from "./query.js";

/** @typedef {{key: string, size: number, modified: string}} Backup */
/** @typedef {{ok: boolean, problems: string[], files: number, database: number, clients: number, mailings: number}} Trial */

/** The newest first. */
export const useBackups = () => useQuery(["backups"], async (signal) => (await pb.backups.getFullList({ signal })).sort((a, b) => (a.modified < b.modified ? 1 : -1)));

export async function makeBackup() {
  await pb.backups.create("");
  stale("backups", "health");
}

/** @param {string} key */
export async function deleteBackup(key) {
  await pb.backups.delete(key);
  stale("backups", "health");
}

/** Put the whole service back to what it was then: it starts anew. @param {string} key */
export const restoreBackup = (key) => pb.backups.restore(key);

/** Open a copy beside the service and look whether it could be restored. @param {string} key @returns {Promise<Trial>} */
export const tryBackup = (key) => api(`/backups/${encodeURIComponent(key)}/try`, { method: "POST" });

/** Have the browser save it. The address holds a token that is worth minutes. @param {string} key */
export async function downloadBackup(key) {
  const link = document.createElement("a");
  link.href = pb.backups.getDownloadURL(await pb.files.getToken(), key);
  link.download = key;
  link.click();
}
