// Search as people mean it, in the filter language of PocketBase.
import { where } from "./pb.js";

const mostWords = 4;

/**
 * A condition: each of the words is in one of the fields. SQLite folds the case of Latin letters only, so words
 * in other alphabets are looked for as typed, in small letters and with a capital.
 * @param {string[]} fields @param {string} search @returns {string} "" for no words
 */
export function wordsIn(fields, search) {
  const words = search.trim().split(/\s+/).filter(Boolean).slice(0, mostWords);
  return words.map((word) => `(${fields.flatMap((field) => spellings(word).map((spelling) => where(`${field} ~ {:spelling}`, { spelling }))).join(" || ")})`).join(" && ");
}

/** @param {string} word */
function spellings(word) {
  if (/^[\x00-\x7f]*$/.test(word)) return [word];
  const small = word.toLowerCase();
  return [...new Set([word, small, small[0].toUpperCase() + small.slice(1), word.toUpperCase()])];
}

/** All conditions that are there, together. @param {...(string | false | null | undefined)} conditions */
export const all = (...conditions) => conditions.filter(Boolean).join(" && ");

/** A condition on an owner, or "" for everybody's. @param {string} [owner] */
export const ownedBy = (owner) => (owner ? where("owner = {:owner}", { owner }) : "");
