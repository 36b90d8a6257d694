// Doing the same to many records, a few at a time.
import { explain } from "./trouble.js";

const atOnce = 4;

/** Too many requests: how often one is tried again, and milliseconds before that. */
const tries = 5;
const pause = 1500;

/** After these nothing else would go through either. */
const hopeless = ["offline", "signedOut"];

/**
 * @template T @template R
 * @typedef {{done: {item: T, result: R}[], failed: {item: T, error: unknown}[]}} Outcome
 */

/**
 * Run the work for every item, a few of them at once. What fails does not keep the others from being done.
 * @template T @template R
 * @param {T[]} items @param {(item: T) => Promise<R>} work @returns {Promise<Outcome<T, R>>}
 */
export async function each(items, work) {
  /** @type {Outcome<T, R>} */
  const outcome = { done: [], failed: [] };
  let next = 0;
  /** @type {unknown} */
  let end = null;
  const worker = async () => {
    while (next < items.length) {
      const item = items[next++];
      try {
        if (end) throw end;
        outcome.done.push({ item, result: await patiently(() => work(item)) });
      } catch (error) {
        if (hopeless.includes(explain(error).kind)) end = error;
        outcome.failed.push({ item, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return outcome;
}

async function patiently(work) {
  for (let n = 1; ; n++) {
    try {
      return await work();
    } catch (error) {
      if (n === tries || error?.status !== 429) throw error;
      await new Promise((go) => setTimeout(go, pause * n));
    }
  }
}

/** For what is done to one record: its failure is an error. @template T @template R @param {Outcome<T, R>} outcome @returns {Outcome<T, R>} */
export function orThrow(outcome) {
  if (outcome.failed.length > 0) throw outcome.failed[0].error;
  return outcome;
}
