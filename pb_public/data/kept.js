// What the browser keeps for one user across reloads. Storage may be blocked or full: then nothing is kept.
import { me } from "./session.js";

/** @param {...string} parts @returns {string} the key of something of the signed-in user's */
export const keyOf = (...parts) => ["gonets", ...parts.slice(0, 1), me.peek().id, ...parts.slice(1)].join(".");

const random = Math.random().toString(36).slice(2, 10);
let count = 0;

/** A key below another that nobody else has, in this window or in another one. @param {string} key */
export const ownKey = (key) => `${key}.${random}${++count}`;

/** @param {string} key @returns {any} null when there is nothing */
export function readKept(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** What is kept at a key and below it. @param {string} key @returns {[string, any][]} by key */
export function keptBelow(key) {
  try {
    return Object.keys(localStorage)
      .filter((one) => one === key || one.startsWith(`${key}.`))
      .map((one) => [one, readKept(one)]);
  } catch {
    return [];
  }
}

/** @param {string} key @param {unknown} value  null: forget it */
export function keep(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // The page still asks before it is left.
  }
}
