// Reading data for a page: what was seen before is shown at once and renewed behind it.
import { effect, signal, useEffect, useMemo } from "../html.js";
import { online } from "./connection.js";
import { explain } from "./trouble.js";

/**
 * @template T
 * @typedef {object} Entry
 * @property {import("../vendor/signals-core-1.14.5.js").Signal<T | undefined>} data
 * @property {import("../vendor/signals-core-1.14.5.js").Signal<import("./trouble.js").Trouble | null>} trouble
 * @property {import("../vendor/signals-core-1.14.5.js").Signal<boolean>} busy
 * @property {(signal: AbortSignal) => Promise<T>} load
 * @property {AbortController | null} request
 * @property {number} users   components that show it now
 * @property {number} readAt  when it was last asked for, by the browser's clock
 * @property {boolean} overtaken  it was amended since then: an answer may be older than what realtime has told
 */

/** What was read, by key. Enough for going back and forth; the oldest go first. @type {Map<string, Entry<any>>} */
const entries = new Map();
const kept = 60;

/** Two parts of a page that show the same ask for it once, and the next page asks again. */
const fresh = 1000;
let arrivedAt = 0;
addEventListener("hashchange", () => (arrivedAt = Date.now()));

/**
 * Data behind a key. The key names the data and everything it depends on; null reads nothing yet.
 * @template T
 * @param {unknown[] | null} key e.g. ["clients", {search, page}]
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @returns {{data: T | undefined, trouble: import("./trouble.js").Trouble | null, busy: boolean, reload: () => void}}
 */
export function useQuery(key, load) {
  const name = key && JSON.stringify(key);
  const entry = useMemo(() => (name ? entryOf(name, load) : nothing()), [name]);
  entry.load = load;
  useEffect(() => {
    if (!name) return;
    entry.users++;
    if (entry.readAt < arrivedAt || Date.now() - entry.readAt > fresh) renew(entry);
    return () => {
      if (--entry.users > 0) return;
      entry.request?.abort();
      entry.request = null;
      if (entry.busy.peek()) entry.readAt = 0;
    };
  }, [name]);
  return { data: entry.data.value, trouble: entry.trouble.value, busy: entry.busy.value, reload: () => renew(entry) };
}

/**
 * Read again whatever depends on this: stale("clients") after a client has changed.
 * Shown data stays until the new has come; data that is not shown is forgotten.
 * @param {...string} topics first parts of keys
 */
export function stale(...topics) {
  for (const [name, entry] of entries) {
    if (!topics.includes(JSON.parse(name)[0])) continue;
    if (entry.users > 0) renew(entry);
    else entries.delete(name);
  }
}

/**
 * Change what was read without asking the server, e.g. by what realtime has told.
 * @param {string} topic first part of the keys @param {(data: any) => any} change
 */
export function amend(topic, change) {
  for (const [name, entry] of entries) {
    if (JSON.parse(name)[0] !== topic) continue;
    if (entry.data.peek() !== undefined) entry.data.value = change(entry.data.peek());
    entry.overtaken ||= entry.busy.peek();
  }
}

/**
 * Whether something that is shown passes, or is still being read.
 * @param {string} topic first part of the keys @param {(data: any) => boolean} test
 */
export function shows(topic, test) {
  for (const [name, entry] of entries) {
    if (JSON.parse(name)[0] !== topic || entry.users === 0) continue;
    const data = entry.data.peek();
    if (entry.busy.peek() || (data !== undefined && test(data))) return true;
  }
  return false;
}

/** Forget everything: another user sees other data. */
export function forgetAll() {
  for (const entry of entries.values()) entry.request?.abort();
  entries.clear();
}

function entryOf(name, load) {
  const entry = entries.get(name) ?? { ...nothing(), load };
  entries.delete(name);
  entries.set(name, entry);
  for (const [other, { users }] of entries) {
    if (entries.size <= kept) break;
    if (users === 0 && other !== name) entries.delete(other);
  }
  return entry;
}

/** @returns {Entry<any>} */
function nothing() {
  return { data: signal(undefined), trouble: signal(null), busy: signal(false), load: async () => undefined, request: null, users: 0, readAt: 0, overtaken: false };
}

async function renew(entry) {
  entry.request?.abort();
  const request = (entry.request = new AbortController());
  entry.busy.value = true;
  entry.readAt = Date.now();
  entry.overtaken = false;
  try {
    const data = await entry.load(request.signal);
    if (entry.request !== request) return;
    entry.data.value = data;
    entry.trouble.value = null;
    // Once more, for the last state to be seen; later, for a mailing is told of twice a second.
    if (entry.overtaken) setTimeout(() => entry.users > 0 && renew(entry), fresh);
  } catch (error) {
    if (entry.request !== request) return;
    const trouble = explain(error);
    if (trouble.kind !== "aborted") entry.trouble.value = trouble;
  }
  if (entry.request === request) entry.busy.value = false;
}

/** Read again all that is shown: something may have happened that nobody told of. What is not shown is forgotten. */
export function renewShown() {
  for (const [name, entry] of entries) {
    if (entry.users > 0) renew(entry);
    else entries.delete(name);
  }
}

// Coming back to the tab is a good moment to look again, and so is the server's coming back.
let wasOnline = online.peek();
effect(() => {
  if (online.value && !wasOnline) renewShown();
  wasOnline = online.value;
});
let hiddenAt = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = Date.now();
  else if (hiddenAt && Date.now() - hiddenAt > 30_000) renewShown();
});
