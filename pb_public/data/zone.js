// Times that are typed by people mean the clock of a named zone, not that of the browser.
import { moment } from "../i18n/index.js";

/** The zone's offset from UTC at a moment, in milliseconds. @param {number} at @param {string} zone */
function offset(at, zone) {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" }).formatToParts(at);
  const part = (type) => Number(parts.find((one) => one.type === type).value);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")) - Math.floor(at / 1000) * 1000;
}

const day = 86_400_000;

/**
 * "2026-11-23T09:14" on the zone's clock as a moment, by the rule that the service has for occurrences: a time that the clock
 * skips moves forward by what is skipped, of one that comes twice it is the first.
 * @param {string} typed @param {string} zone IANA name @returns {Date}
 */
export function fromClock(typed, zone) {
  const clock = Date.parse(`${typed}Z`);
  const [before, after] = [clock - day, clock + day].map((at) => clock - offset(at, zone));
  const fitting = [before, after].filter((at) => at + offset(at, zone) === clock);
  return new Date(fitting.length > 0 ? Math.min(...fitting) : before);
}

/** A moment as the zone's clock shows it, for an input of type datetime-local. @param {Date | string} value @param {string} zone */
export function toClock(value, zone) {
  const at = moment(value).getTime();
  if (Number.isNaN(at)) return "";
  return new Date(at + offset(at, zone)).toISOString().slice(0, 16);
}

/** A part of a date in a zone that only names the zone. */
function named(zone, language, style) {
  const key = [zone, language, style].join();
  if (!names.has(key)) names.set(key, newName(zone, language, style));
  return names.get(key);
}

/** @type {Map<string, string>} */
const names = new Map();

function newName(zone, language, style) {
  return new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: style }).formatToParts(Date.now()).find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** What the zone's clock differs from UTC by at present, "GMT+3". @param {string} zone IANA name */
export const shortOffset = (zone) => named(zone, "en", "shortOffset");

/** What people call the zone and the time in it, "Moscow Москва, стандартное время": to find it by. @param {string} zone IANA name @param {string} language */
export const zoneNames = (zone, language) => ["shortGeneric", "longGeneric"].map((style) => named(zone, language, style)).join(" ");
