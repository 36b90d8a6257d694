// What the server tells by itself. The connection is opened with the first listener, found again when it
// breaks, and opened anew for another user.
import { effect } from "../html.js";
import { pb } from "./pb.js";
import { me } from "./session.js";

/**
 * @typedef {object} Progress
 * @property {string} id
 * @property {import("./mailings.js").Status} status
 * @property {number} total
 * @property {number} sent
 * @property {number} failed
 * @property {number} uncertain
 * @property {number} skipped
 * @property {number} deferred
 * @property {number} per_second
 * @property {null | {code: string, until?: string, detail?: string}} waiting_reason
 */

/**
 * Hear a topic until the returned function is called. Failing to connect is no error of the page's: it shows
 * what it has read, and the listener is tried again.
 * @param {string} topic @param {(message: any) => void} listener
 */
export function listen(topic, listener) {
  let wanted = false;
  let joining = false;
  let retry = 0;
  /** @type {null | (() => Promise<void>)} */
  let left = null;
  const join = async () => {
    wanted = true;
    if (joining || left) return;
    joining = true;
    try {
      left = await pb.realtime.subscribe(topic, listener);
    } catch {
      retry = setTimeout(() => wanted && join(), 5000);
    }
    joining = false;
    if (!wanted) leave();
  };
  const leave = () => {
    wanted = false;
    clearTimeout(retry);
    left?.().catch(ignore);
    left = null;
  };
  const line = { join, leave };
  lines.add(line);
  if (!away) join();
  return () => {
    lines.delete(line);
    leave();
  };
}

// A page that nobody sees lets go of its connection, for a user has ten of them; when it is come back to, it reads
// anew what it shows (query.js) and listens again.
const lines = new Set();
const letGoAfter = 30_000;
let away = false;
let letGo = 0;
document.addEventListener("visibilitychange", () => {
  clearTimeout(letGo);
  if (document.hidden) {
    letGo = setTimeout(() => {
      away = true;
      for (const line of lines) line.leave();
    }, letGoAfter);
  } else if (away) {
    away = false;
    for (const line of lines) line.join();
  }
});

/** Progress of mailings that one may see, at most twice a second each. @param {(progress: Progress) => void} listener */
export const listenMailings = (listener) => listen("gonets/mailings", listener);

const ignore = () => {};

// The server remembers who subscribed: another user needs another connection.
let known = me.peek()?.id;
effect(() => {
  const id = me.value?.id;
  if (id === known) return;
  known = id;
  pb.realtime.unsubscribe().catch(ignore);
});
