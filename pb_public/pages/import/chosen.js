// Which file, and how it is to be read, stands behind each import that this page has begun. The server keeps no file: after a
// reload it has to be chosen again.
import { effect } from "../../html.js";
import { me } from "../../data/session.js";

/** @typedef {{file: File, list: string, onConflict: import("../../data/imports.js").OnConflict, consent: boolean, reading?: import("../../data/imports.js").Reading, mapping?: Record<string, string>}} Chosen */

/** More than anybody goes back and forth between; the oldest go first. */
const most = 20;

/** By the import's id. @type {Map<string, Chosen>} */
const files = new Map();

/** What an import was begun with, null when that was not on this page. @param {string} id @returns {Chosen | null} */
export const chosenFor = (id) => files.get(id) ?? null;

/** @param {string} id of the import @param {Chosen} chosen */
export function remember(id, chosen) {
  files.set(id, chosen);
  for (const oldest of files.keys()) {
    if (files.size <= most) break;
    files.delete(oldest);
  }
}

// The next user of this browser has files of their own.
let owner = me.peek()?.id;
effect(() => {
  if (me.value?.id === owner) return;
  owner = me.value?.id;
  files.clear();
});
