// Doing the same to many records, a few at a time.

const atOnce = 4;

/**
 * Run the work for every item, a few of them at once. After a failure nothing new is begun; what was begun is
 * waited for, and the first error is thrown.
 * @template T @template R
 * @param {T[]} items @param {(item: T) => Promise<R>} work @returns {Promise<R[]>} in the order of the items
 */
export async function each(items, work) {
  /** @type {R[]} */
  const results = [];
  /** @type {unknown[]} */
  const failures = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length && failures.length === 0) {
      const at = next++;
      try {
        results[at] = await work(items[at]);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
