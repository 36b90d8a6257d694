// Whether the server answers. A request without an answer says that it does not; from then on the page asks now
// and again, and goes on by itself when the server is back.
import { signal } from "../html.js";
import { pb } from "./pb.js";

/** Milliseconds between two looks: the first ones soon, for a restart takes a second; then less often. */
const first = 1000;
const longest = 10_000;

/** What a proxy answers while the server behind it is away. */
const ofProxy = [502, 503, 504];

/** Whether the server can be reached, as far as the last request and the browser know. */
export const online = signal(navigator.onLine);

let timer = 0;

/** Look whether the server answers; until it does, look again. @param {number} [pause] before the next look */
export async function look(pause = first) {
  clearTimeout(timer);
  if (await answers()) {
    online.value = true;
    return;
  }
  online.value = false;
  timer = setTimeout(look, pause, Math.min(pause * 1.5, longest));
}

async function answers() {
  try {
    return (await fetch(pb.buildURL("/api/health"), { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

/** A request has failed: whether the server is there at all is looked at apart from it. */
export function noticed(error) {
  if (online.peek() && !error.isAbort && (error.status === 0 || ofProxy.includes(error.status))) look();
}

const send = pb.send.bind(pb);
pb.send = async (path, options) => {
  try {
    return await send(path, options);
  } catch (error) {
    noticed(error);
    throw error;
  }
};

// The line that progress comes by is open all the time: it breaks first.
pb.realtime.onDisconnect = (topics) => {
  if (topics.length > 0 && online.peek()) look();
};

addEventListener("online", () => look());
addEventListener("offline", () => look());
