// How many of the e-mails that were sent came back, beside what mail providers put up with. docs/bounces.md has the sources.

/** @typedef {"complained" | "hard"} RateName */

/** From where on providers frown, and from where on they refuse a sender. @type {Record<RateName, {warn: number, bad: number}>} */
export const limits = { complained: { warn: 0.001, bad: 0.003 }, hard: { warn: 0.02, bad: 0.05 } };

/** Of fewer e-mails one bounce is a large part. A mailing pauses itself from the same number on. */
export const fewest = 200;

/**
 * What is wrong with the rates of some e-mails, the worst first.
 * @param {import("./statistics.js").Totals} totals @returns {{name: RateName, share: number, tone: "warn" | "bad"}[]}
 */
export function faultsOf(totals) {
  if (!(totals.sent >= fewest)) return [];
  return /** @type {RateName[]} */ (Object.keys(limits))
    .map((name) => ({ name, share: totals[name] / totals.sent, tone: toneOf(name, totals[name] / totals.sent) }))
    .filter(({ tone }) => tone !== "ok")
    .sort((a, b) => a.tone.localeCompare(b.tone));
}

/** @param {RateName} name @param {number} share @returns {"ok" | "warn" | "bad"} */
export const toneOf = (name, share) => (share >= limits[name].bad ? "bad" : share >= limits[name].warn ? "warn" : "ok");
