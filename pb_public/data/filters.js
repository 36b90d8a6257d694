// Saved filters over clients, and the conditions that they are made of.
import { ifMatch, pb, where } from "./pb.js";
import { stale } from "./query.js";
import { literally, ownedBy } from "./search.js";
import { browserZone, me } from "./session.js";
import { timezone } from "../i18n/index.js";
import { fromClock, toClock } from "./zone.js";

/** @typedef {{id: string, owner: string, name: string, filter: string, created: string, updated: string, expand?: any}} Filter */

const filters = () => pb.collection("filters");

/** Filters of an owner, or with "" everybody's that one may see, by name. @param {string} owner @param {AbortSignal} [signal] @returns {Promise<Filter[]>} */
export const filtersOf = (owner, signal) => filters().getFullList({ filter: ownedBy(owner), sort: "name", expand: "owner", signal });

/** @param {AbortSignal} [signal] @returns {Promise<Filter[]>} */
export const ownFilters = (signal) => filtersOf(me.peek().id, signal);

/** @param {string} id @returns {Promise<Filter>} */
export const readFilter = (id) => filters().getOne(id);

/** @param {Partial<Filter>} values @param {string} [version]  that was changed @returns {Promise<Filter>} */
export async function saveFilter({ id, ...values }, version) {
  const saved = await (id ? filters().update(id, values, ifMatch(version)) : filters().create(values));
  stale("filters");
  return saved;
}

/** @param {string} id */
export async function deleteFilter(id) {
  await filters().delete(id);
  stale("filters");
}

/**
 * One condition. A field is a client's own or "attributes.city"; the value is what was typed, a day for "created".
 * The signs "blank" and "!blank", which ask whether there is anything, go without one.
 * @typedef {{field: string, sign: string, value: string}} Condition
 */

/** @typedef {{join: "&&" | "||", conditions: Condition[]}} Conditions */

/** Fields that every client has. */
export const ownFields = ["full_name", "email", "status", "created", "comment"];

/** What each kind of field can be asked. @param {string} field @returns {string[]} */
export function signsOf(field) {
  if (field === "status") return ["=", "!="];
  if (field === "created") return [">=", "<"];
  if (field === "email") return ["~", "!~", "=", "!="];
  return field.startsWith("attributes.") ? ["=", "!=", "~", "!~", ">", "<", ...blanks] : ["~", "!~", "=", "!=", ...blanks];
}

const blanks = ["blank", "!blank"];

/** Whether a condition needs a value. @param {string} sign */
export const takesValue = (sign) => !blanks.includes(sign);

/** The condition that a new row begins with. @type {Condition} */
export const blankCondition = { field: "full_name", sign: "~", value: "" };

/**
 * The filter that the conditions make. A condition without its value stays in it as it is, "city =": dropped, it would let
 * through everybody whom it was begun for to keep out. Nothing takes such a filter: see isUnfinished.
 * @param {Conditions} conditions
 */
export function filterText({ join, conditions }) {
  return conditions
    .map(({ field, sign, value }) => {
      if (!takesValue(sign)) return `${field} ${sign === "blank" ? "=" : "!="} ""`;
      return `${field} ${sign} ${value.trim() === "" ? "" : literal(field, sign, value.trim())}`.trimEnd();
    })
    .join(` ${join} `);
}

/** Whether a condition of the filter still lacks its value. @param {string} text */
export const isUnfinished = (text) => filterConditions(text)?.conditions.some(lacksValue) ?? false;

/** @param {Condition} condition */
export const lacksValue = ({ sign, value }) => takesValue(sign) && value.trim() === "";

const zone = () => timezone.peek() || browserZone();

function literal(field, sign, value) {
  if (field === "created") return where("{:at}", { at: fromClock(`${value}T00:00`, zone()) });
  // A number is compared as one; "007" is a text.
  const plain = value === "true" || value === "false" || (Number.isFinite(Number(value)) && String(Number(value)) === value);
  return field.startsWith("attributes.") && plain ? value : where("{:value}", { value: looksFor(sign) ? literally(value) : value });
}

/** Signs whose value is a pattern. */
const looksFor = (sign) => sign === "~" || sign === "!~";

const oneCondition = /\s*(attributes(?:\.[\p{L}\p{N}_-]+)+|\w+)\s*(!=|!~|>=|=|~|>|<)\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|)\s*(&&|\|\||$)/uy;

/**
 * The conditions that a filter is made of; null when it says more than rows of conditions can hold.
 * @param {string} text @returns {Conditions | null}
 */
export function filterConditions(text) {
  /** @type {Condition[]} */
  const conditions = [];
  const joins = new Set();
  let goesOn = false;
  oneCondition.lastIndex = 0;
  for (let at = 0; at < text.trimEnd().length; at = oneCondition.lastIndex) {
    oneCondition.lastIndex = at;
    const [, field, sign, value, join] = oneCondition.exec(text.trimEnd()) ?? [];
    const known = field && (ownFields.includes(field) || field.startsWith("attributes.")) && signsOf(field).includes(sign);
    const read = known ? valueOf(field, sign, value) : null;
    if (read === null) return null;
    if (join) joins.add(join);
    goesOn = Boolean(join);
    if (value === "") {
      conditions.push({ field, sign, value });
      continue;
    }
    const blank = sign === "=" ? "blank" : "!blank";
    if (read === "" && !(/^!?=$/.test(sign) && signsOf(field).includes(blank))) return null;
    conditions.push(read === "" ? { field, sign: blank, value: "" } : { field, sign, value: read });
  }
  const [join = "&&"] = joins;
  return joins.size > 1 || goesOn ? null : { join: /** @type {"&&" | "||"} */ (join), conditions };
}

function valueOf(field, sign, token) {
  if (token === "") return "";
  const value = /^['"]/.test(token) ? token.slice(1, -1).replace(/\\(['"\\])/g, "$1") : token;
  // What stands for other characters is no text to look for.
  if (looksFor(sign)) return /(?<!\\)(?:\\\\)*%/.test(value) ? null : value.replace(/\\([\\%_])/g, "$1");
  if (field !== "created") return value;
  const [day, time] = toClock(value, zone()).split("T");
  return time === "00:00" ? day : null;
}
