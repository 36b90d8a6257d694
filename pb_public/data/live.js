// What the server tells by itself. The connection is opened with the first listener, found again when it
// breaks, and opened anew for another user.
import { effect } from "../html.js";
import { pb } from "./pb.js";
import { renewShown } from "./query.js";
import { me, refresh, renewMe } from "./session.js";

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
 * @property {number} bounced
 * @property {number} complained
 * @property {number} per_second
 * @property {null | {code: string, until?: string, detail?: string}} waiting_reason
 */

function ignore() {}

/**
 * Hear a topic until the returned function is called. Failing to connect is no error of the page's: it shows
 * what it has read, and the listener is tried again.
 * @param {string} topic @param {(message: any) => void} listener
 * @param {() => void} [joined]  called each time when the server has begun to tell: of what happened before, it tells nothing
 */
export function listen(topic, listener, joined = ignore) {
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
      joined();
    } catch {
      retry = setTimeout(() => wanted && join(), 5000);
    }
    joining = false;
    if (!wanted) leave();
  };
  const leave = () => {
    wanted = false;
    clearTimeout(retry);
    const gone = left?.().catch(ignore);
    left = null;
    return gone;
  };
  const line = { join, leave };
  lines.add(line);
  if (!away) join();
  return () => {
    lines.delete(line);
    setTimeout(leave, lingers);
  };
}

/**
 * How long a topic is heard after its last listener has gone, in ms. The SDK never attaches a listener that comes while the
 * last one before it goes, for the topics are the same as before: so the next page comes first.
 */
const lingers = 1000;

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

/** Progress of mailings that one may see, at most twice a second each. @param {(progress: Progress) => void} listener @param {() => void} joined */
export const listenMailings = (listener, joined) => listen("gonets/mailings", listener, joined);

// A computer that was asleep finds a dead connection, which nobody has told it of: its clock has jumped.
const tick = 5000;
const asleep = 30_000;
let awakeAt = Date.now();
setInterval(() => {
  const slept = Date.now() - awakeAt > asleep;
  awakeAt = Date.now();
  if (!slept || document.hidden) return;
  // Everything is left before anything is joined: only then a new connection is made.
  Promise.all([...lines].map((line) => line.leave())).then(() => {
    for (const line of lines) line.join();
  });
  lookAgain();
}, tick);

/** Whatever happened meanwhile nobody has told of: it is read, of oneself too. */
function lookAgain() {
  refresh();
  renewShown();
}

// The server remembers who subscribed: another user needs another connection. Each has one, for what happens to the user:
// another role, an approval, a block.
let known = "";
let hangUp = ignore;
effect(() => {
  const id = me.value?.id ?? "";
  if (id === known) return;
  known = id;
  hangUp();
  pb.realtime.unsubscribe().catch(ignore);
  if (!id) return;
  let first = true;
  const stops = [
    // Told at every connection. The first one is there before much can have been missed.
    listen("PB_CONNECT", () => {
      if (!first) lookAgain();
      first = false;
    }),
    listen(`${me.peek().collectionName}/${id}`, ({ action, record }) => action === "update" && renewMe(record)),
  ];
  hangUp = () => stops.forEach((stop) => stop());
});
