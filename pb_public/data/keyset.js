// Pages of long logs: found by where they begin, not by how many rows are before them, so that the thousandth
// page costs as much as the first and rows that come in meanwhile move nothing.
import { pb, where } from "./pb.js";
import { all } from "./search.js";

/**
 * @template T
 * @typedef {object} KeysetPage
 * @property {T[]} items     newest first
 * @property {string} older  cursor of what comes after them, "" at the end
 * @property {string} newer  cursor of what comes before them, "" at the beginning
 */

/**
 * A page of records from the newest on. A cursor is "created~id" of the record that the page begins after.
 * @param {string} collection
 * @param {{before?: string, after?: string, perPage: number, filter?: string, fields?: string, expand?: string}} wanted before: the older ones, after: the newer ones
 * @param {AbortSignal} [signal]
 * @returns {Promise<KeysetPage<any>>}
 */
export async function keysetPage(collection, { before = "", after = "", perPage, filter = "", fields, expand }, signal) {
  const back = Boolean(after);
  const cursor = after || before;
  const { items } = await pb.collection(collection).getList(1, perPage + 1, {
    filter: all(filter && `(${filter})`, cursor && beyond(cursor, back ? ">" : "<")),
    sort: back ? "created,id" : "-created,-id",
    skipTotal: true,
    fields,
    expand,
    signal,
  });
  const more = items.length > perPage;
  const shown = items.slice(0, perPage);
  if (back) shown.reverse();
  return {
    items: shown,
    older: (back ? shown.length > 0 : more) ? cursorOf(shown.at(-1)) : "",
    newer: (back ? more : cursor && shown.length > 0) ? cursorOf(shown[0]) : "",
  };
}

const cursorOf = ({ created, id }) => `${created}~${id}`;

function beyond(cursor, sign) {
  const [created, id = ""] = cursor.split("~");
  return `(${where(`created ${sign} {:created} || (created = {:created} && id ${sign} {:id})`, { created, id })})`;
}
