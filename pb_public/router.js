// Where the user is: the part of the address behind #, as a signal, and the ways to change it.
// The address says everything that a reload or a link must bring back: #/clients?search=anna&page=2.
import { signal } from "./html.js";

/**
 * @typedef {object} Place
 * @property {string} path  without the #, begins with a slash, ends without one: "/clients"
 * @property {Record<string, string>} query
 */

/** The place shown now. @type {import("./vendor/signals-core-1.14.5.js").Signal<Place>} */
export const place = signal(parse(location.hash));

/** Says why the page must not be left yet; resolves to true when it may. @type {null | (() => Promise<boolean>)} */
let guard = null;

/** Number of the history entry shown, so that a guarded step back can be undone. */
let step = history.state?.step ?? 0;
let undoing = false;
/** Where each entry was scrolled to. @type {Map<number, number>} */
const scrolled = new Map();

/** @param {string} hash @returns {Place} */
export function parse(hash) {
  const [path, search = ""] = hash.replace(/^#/, "").split("?");
  return { path: ("/" + path).replace(/\/{2,}/g, "/").replace(/(.)\/$/, "$1"), query: Object.fromEntries(new URLSearchParams(search)) };
}

/**
 * The address of a place, for href. Empty values are left out, so that the plain list has the plain address.
 * @param {string} path @param {Record<string, unknown>} [query]
 */
export function href(path, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== false);
  const search = new URLSearchParams(kept.map(([key, value]) => [key, String(value)])).toString();
  return `#${path}${search && "?" + search}`;
}

/**
 * Go to a place. With replace the one left is not kept in the history.
 * @param {string} path @param {Record<string, unknown>} [query] @param {{replace?: boolean}} [options]
 */
export function go(path, query, { replace = false } = {}) {
  const url = href(path, query);
  if (url === (location.hash || "#/")) return;
  if (!replace) {
    location.hash = url;
    return;
  }
  history.replaceState({ step }, "", url);
  place.value = parse(url);
}

/**
 * Remembers the page: what it returns says whether that is still the one shown. What ends later must not take people away
 * from where they have gone meanwhile. @returns {() => boolean}
 */
export function here() {
  // The address, which is ahead of the place until the browser has told of its change.
  const now = () => parse(location.hash).path;
  const before = now();
  return () => now() === before;
}

/**
 * Change some of the query, and nothing else. Typing replaces the entry, choosing a page adds one.
 * @param {Record<string, unknown>} patch @param {{replace?: boolean}} [options]
 */
export function refine(patch, options = { replace: true }) {
  const { path, query } = place.peek();
  go(path, { ...query, ...patch }, options);
}

/**
 * Ask before the page is left. The returned function takes the guard away.
 * @param {() => Promise<boolean>} ask
 */
export function guardLeaving(ask) {
  guard = ask;
  const warn = (event) => event.preventDefault();
  addEventListener("beforeunload", warn);
  return () => {
    if (guard === ask) guard = null;
    removeEventListener("beforeunload", warn);
  };
}

/** Match a pattern like "/mailings/:id" against a path: its parameters, or null. */
export function match(pattern, path) {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i].startsWith(":")) params[wanted[i].slice(1)] = decoded(given[i]);
    else if (wanted[i] !== given[i]) return null;
  }
  return params;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Where this history entry was scrolled to when it was left; 0 for a new one. */
export function scrollPosition() {
  return scrolled.get(step) ?? 0;
}

history.scrollRestoration = "manual";
history.replaceState({ step }, "");
addEventListener("scroll", () => scrolled.set(step, scrollY), { passive: true });
addEventListener("hashchange", arrive);

async function arrive() {
  const arrived = history.state?.step;
  if (undoing) {
    undoing = false;
    return;
  }
  const isNew = arrived === undefined;
  if (guard) {
    const target = location.hash;
    undoing = true;
    history.go(isNew ? -1 : step - arrived);
    if (!(await guard())) return;
    guard = null;
    if (isNew) location.hash = target;
    else history.go(arrived - step);
    return;
  }
  step = isNew ? step + 1 : arrived;
  if (isNew) history.replaceState({ step }, "");
  place.value = parse(location.hash);
}
