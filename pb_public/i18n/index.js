// Words and figures in the user's language. Components that call t() or number() while rendering
// are rendered again when the language changes.
import { signal } from "../html.js";

/** @typedef {"ru" | "en"} Language */

/** Languages by their own names. @type {Record<Language, string>} */
export const languages = { en: "English", ru: "Русский" };

/** The language shown. @type {import("../vendor/signals-core-1.14.5.js").Signal<Language>} */
export const language = signal(/** @type {Language} */ ("en"));

/** The time zone that dates are shown in, an IANA name; "" is the browser's. */
export const timezone = signal("");

/** @typedef {Record<string, string | Record<string, string>>} Dictionary */

/** All words known so far. @type {Record<Language, Dictionary>} */
const dictionaries = { en: {}, ru: {} };

/** The common words and those of the pages shown so far, by what their files are called. @type {Set<string>} */
const areas = new Set([""]);

/** Files that were read or are being read. @type {Map<string, Promise<void>>} */
const files = new Map();

const remembered = "gonets.language";

/** The language chosen earlier in this browser, else the first of the browser's that we speak. @returns {Language} */
export function preferredLanguage() {
  const wanted = [stored(), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return /** @type {Language} */ (wanted.find((code) => code in languages) ?? "en");
}

/** Show everything in this language from now on. @param {Language} code @param {string[]} [names] of the words that a page needs, as for learn */
export async function speak(code, names = []) {
  names.forEach((name) => areas.add(name));
  // What is learned while these are read is needed in this language too.
  for (let known = 0; known < areas.size; ) {
    known = areas.size;
    await Promise.all([...areas].map((area) => read(code, area)));
  }
  language.value = code;
  document.documentElement.lang = code;
  try {
    localStorage.setItem(remembered, code);
  } catch {
    // Storage is blocked: the choice lasts until the page is closed.
  }
}

/** Make words of a page known, in this language and every one spoken later: learn("mailings"). @param {...string} names */
export async function learn(...names) {
  names.forEach((name) => areas.add(name));
  await Promise.all(names.map((name) => read(language.peek(), name)));
}

function read(code, area) {
  const file = area ? `./${code}/${area}.js` : `./${code}.js`;
  const reading = files.get(file) ?? import(file).then((module) => void Object.assign(dictionaries[code], module.default));
  files.set(file, reading);
  // What did not come may come the next time.
  reading.catch(() => files.delete(file));
  return reading;
}

/**
 * The words for a key. "{name}" is replaced by params.name, numbers written the language's way.
 * An entry with plural forms ({one, few, many, other}) is chosen by params.count, or by a bound, params.max or params.min.
 * @param {string} key @param {Record<string, unknown>} [params] @returns {string}
 */
export function t(key, params = {}) {
  return template(key, params).replace(/\{(\w+)\}/g, (_, name) => written(params[name]));
}

/**
 * Like t, with components among the params: rich("some.key", {link: html`<a …>…</a>`}).
 * @param {string} key @param {Record<string, unknown>} params @returns {unknown[]}
 */
export function rich(key, params) {
  return template(key, params)
    .split(/\{(\w+)\}/)
    .map((part, i) => (i % 2 ? (typeof params[part] === "object" ? params[part] : written(params[part])) : part));
}

/** Whether there are words for a key: codes from the server may be newer than the dictionary. @param {string} key */
export function known(key) {
  return key in dictionaries[language.value];
}

function template(key, params) {
  const entry = dictionaries[language.value][key];
  if (entry === undefined) {
    console.warn(`no words for ${key}`);
    return key;
  }
  if (typeof entry === "string") return entry;
  // The number that a noun stands behind: the upper bound of a range.
  return entry[plural(Number(params.count ?? params.max ?? params.min))] ?? entry.other;
}

function written(value) {
  if (value === undefined || value === null) return "";
  return typeof value === "number" ? number(value) : String(value);
}

function stored() {
  try {
    return localStorage.getItem(remembered) ?? "";
  } catch {
    return "";
  }
}

// Intl objects are costly to make and used in every row.
const cache = new Map();
function intl(kind, options) {
  const key = kind + language.value + JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Intl[kind](regional(), options));
  return cache.get(key);
}

/** The language as the browser's user writes it: "en-GB" has other dates than "en-US". */
const regional = () => navigator.languages.find((tag) => tag.slice(0, 2) === language.value) ?? language.value;

const plural = (count) => intl("PluralRules", {}).select(count);

/** 12480 → "12 480". @param {number} value */
export const number = (value) => intl("NumberFormat", { maximumFractionDigits: 1 }).format(value);

/** 0.982 → "98.2%". Never rounds to 100 what is not whole. @param {number} share */
export const percent = (share) => intl("NumberFormat", { style: "percent", maximumFractionDigits: 1 }).format(notWhole(share));

/** The same with its decimal always written, so that a column of them lines up. @param {number} share */
export const evenPercent = (share) => intl("NumberFormat", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(notWhole(share));

/** A small share, as of complaints: 0.0014 → "0.14%". @param {number} share */
export const finePercent = (share) => intl("NumberFormat", { style: "percent", maximumFractionDigits: 2 }).format(share);

const notWhole = (share) => (share < 1 ? Math.min(share, 0.999) : share);

/** 214 → "+214", -0.3 → "−0.3". @param {number} value */
export const change = (value) => intl("NumberFormat", { maximumFractionDigits: 1, signDisplay: "exceptZero" }).format(value);

/** 12480 → "12.5K", for places too narrow for the whole figure. @param {number} value */
export const short = (value) => intl("NumberFormat", { notation: "compact", maximumFractionDigits: 1 }).format(value);

/** @param {number} size in bytes */
export function bytes(size) {
  const step = Math.min(Math.floor(Math.log2(Math.max(size, 1)) / 10), 3);
  return intl("NumberFormat", { style: "unit", unit: ["byte", "kilobyte", "megabyte", "gigabyte"][step], unitDisplay: "short", maximumFractionDigits: step > 1 ? 1 : 0 }).format(size / 1024 ** step);
}

/** How long, in the one or two units that matter: "2 min 5 sec". @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const first = parts.findIndex(([size]) => whole >= size);
  if (first < 0) return unit(0, "second");
  const [size, name] = parts[first];
  const rest = parts[first + 1] ? Math.floor((whole % size) / parts[first + 1][0]) : 0;
  return unit(Math.floor(whole / size), name) + (rest && whole < size * 10 ? " " + unit(rest, parts[first + 1][1]) : "");
}
const unit = (value, name) => intl("NumberFormat", { style: "unit", unit: name, unitDisplay: "short" }).format(value);

/** PocketBase writes "2026-11-23 09:14:05.123Z". @param {string | number | Date} value */
export function moment(value) {
  return value instanceof Date ? value : new Date(typeof value === "string" ? value.replace(" ", "T") : value);
}

function dated(value, options) {
  const at = moment(value);
  return Number.isNaN(at.getTime()) ? "" : intl("DateTimeFormat", { ...options, timeZone: timezone.value || undefined }).format(at);
}

const offset = (value, zone) => intl("DateTimeFormat", { timeZone: zone || undefined, timeZoneName: "longOffset" }).formatToParts(moment(value)).find(({ type }) => type === "timeZoneName")?.value;

/** Names the zone where the clock of the computer shows another time: "09:14 GMT+3". */
const zoned = (value, options) => dated(value, timezone.value && offset(value, timezone.value) !== offset(value, "") ? { ...options, timeZoneName: "short" } : options);

/** "09:14" */
export const time = (value) => zoned(value, { hour: "numeric", minute: "2-digit" });
/** "09:14:05" */
export const clock = (value) => zoned(value, { hour: "numeric", minute: "2-digit", second: "2-digit" });
/** "23 Nov", with the year when it is another one */
export const day = (value) => dated(value, sameYear(value) ? { day: "numeric", month: "short" } : { day: "numeric", month: "short", year: "numeric" });
/** "23 Nov, 09:14" */
export const dayTime = (value) => (sameDay(value, Date.now()) ? time(value) : `${day(value)}, ${time(value)}`);
/** "23 Nov, 09:14:05" */
export const dayClock = (value) => (sameDay(value, Date.now()) ? clock(value) : `${day(value)}, ${clock(value)}`);
/** "23 November 2026 at 09:14:05 GMT+3", for titles */
export const fullTime = (value) => dated(value, { dateStyle: "long", timeStyle: "long" });

/** A day of the calendar, "2026-11-23", as "23 Nov", with the year when it is another one: the same in every time zone. @param {string} name */
export const calendarDay = (name) => intl("DateTimeFormat", { day: "numeric", month: "short", year: name.slice(0, 4) === dayOf(Date.now()).slice(0, 4) ? undefined : "numeric", timeZone: "UTC" }).format(midnight(name));

/** The day of the user's calendar at a moment, "2026-11-23". @param {string | number | Date} value */
export function dayOf(value) {
  const at = moment(value);
  return Number.isNaN(at.getTime()) ? "" : new Intl.DateTimeFormat("en-CA", { timeZone: timezone.value || undefined }).format(at);
}

/** Some days later or, below 0, earlier: counted on the calendar, where some days are longer than others. @param {string} name "2026-11-23" @param {number} days */
export const daysFrom = (name, days) => new Date(midnight(name).getTime() + days * 86_400_000).toISOString().slice(0, 10);

/** Days of the calendar from one to another, both included: "3 – 9 Nov", with the years when they are not this one. @param {string} from @param {string} to */
export function calendarSpan(from, to) {
  const now = new Date().toISOString().slice(0, 4);
  const year = [from, to].every((name) => name.startsWith(now)) ? undefined : "numeric";
  return intl("DateTimeFormat", { day: "numeric", month: "short", year, timeZone: "UTC" }).formatRange(midnight(from), midnight(to));
}

const midnight = (name) => new Date(`${name.slice(0, 10)}T00:00:00Z`);

/** "today at 09:14", "tomorrow at 10:00", "23 Nov at 09:14" @param {string | number | Date} value */
export function when(value) {
  const [at, today] = [dayOf(value), dayOf(Date.now())];
  const near = [["when.today", 0], ["when.yesterday", -1], ["when.tomorrow", 1]].find(([, days]) => at === daysFrom(today, days));
  return t(near ? near[0] : "when.at", { time: time(value), day: day(value) });
}

/**
 * A time that was set by the clock of a zone: by that clock, with its date and the zone's name, where the user's shows another time.
 * @param {string | Date} value @param {string} zone IANA name
 */
export function plannedFor(value, zone) {
  if (!zone || offset(value, zone) === offset(value, timezone.value)) return when(value);
  const by = (options) => intl("DateTimeFormat", { ...options, timeZone: zone }).format(moment(value));
  return t("when.zone.at", { day: by({ day: "numeric", month: "short", year: "numeric" }), time: by({ hour: "numeric", minute: "2-digit" }), zone: zone.replaceAll("_", " ") });
}

/** "5 minutes ago" @param {string | number | Date} value */
export function ago(value) {
  const seconds = (moment(value).getTime() - Date.now()) / 1000;
  const [size, name] = [[31536000, "year"], [2592000, "month"], [86400, "day"], [3600, "hour"], [60, "minute"]].find(([s]) => Math.abs(seconds) >= s) ?? [1, "second"];
  return intl("RelativeTimeFormat", { numeric: "auto" }).format(Math.round(seconds / size), name);
}

const sameDay = (a, b) => dayOf(a) === dayOf(b);
const sameYear = (value) => dated(value, { year: "numeric" }) === dated(Date.now(), { year: "numeric" });

/** Names of countries, zones' offsets and the like come from the browser. @param {string} code ISO 3166 */
export function country(code) {
  return new Intl.DisplayNames([language.value], { type: "region" }).of(code) ?? code;
}

/** @param {string[]} names "a, b and c" */
export const listed = (names) => intl("ListFormat", { type: "conjunction" }).format(names);
