// What this installation is and what may be done on it before signing in.
import { signal } from "../html.js";
import { api } from "./pb.js";

/**
 * @typedef {object} Instance
 * @property {"open" | "approval" | "closed"} registration
 * @property {boolean} demo  the outbox is there
 * @property {string} address  where recipients reach it, "" while that is not set
 * @property {boolean} mail  a mail server is set up, so that letters (and verification) can go out
 */

/** null until known. @type {import("../vendor/signals-core-1.14.5.js").Signal<Instance | null>} */
export const instance = signal(/** @type {Instance | null} */ (null));

export async function loadInstance() {
  try {
    instance.value = await api("/instance");
  } catch {
    // Pages that need it ask again; nothing is offered on a guess.
    setTimeout(loadInstance, 5000);
  }
}
