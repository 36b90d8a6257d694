// Search as people mean it, in the filter language of PocketBase.
import { where } from "./pb.js";

const mostWords = 4;

/**
 * A condition: each of the words is in one of the fields, in whatever case.
 * @param {string[]} fields @param {string} search @returns {string} "" for no words
 */
export function wordsIn(fields, search) {
  const words = search.trim().split(/\s+/).filter(Boolean).slice(0, mostWords);
  return words.map((word) => `(${fields.map((field) => where(`${field} ~ {:word}`, { word: literally(word) })).join(" || ")})`).join(" && ");
}

/** A text to look for as it is: % and _ stand for others in PocketBase's patterns. @param {string} text */
export const literally = (text) => text.replace(/[\\%_]/g, "\\$&");

/** All conditions that are there, together. @param {...(string | false | null | undefined)} conditions */
export const all = (...conditions) => conditions.filter(Boolean).join(" && ");

/** A condition on an owner, or "" for everybody's. @param {string} [owner] */
export const ownedBy = (owner) => (owner ? where("owner = {:owner}", { owner }) : "");
