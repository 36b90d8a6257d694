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
  let stopped = false;
  let retry = 0;
  /** @type {null | (() => Promise<void>)} */
  let leave = null;
  const join = async () => {
    try {
      const left = await pb.realtime.subscribe(topic, listener);
      if (stopped) left().catch(ignore);
      else leave = left;
    } catch {
      if (!stopped) retry = setTimeout(join, 5000);
    }
  };
  join();
  return () => {
    stopped = true;
    clearTimeout(retry);
    leave?.().catch(ignore);
  };
}

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
