// A stretch of days of the viewer's calendar, as the address names it: period=30, or from and to.
import { daysFrom, timezone } from "../i18n/index.js";
import { browserZone } from "./session.js";
import { lastDays } from "./statistics.js";
import { fromClock } from "./zone.js";

/** Lengths that are offered, in days. */
export const lengths = [1, 7, 30, 90, 365];

/** @typedef {{period?: string, from?: string, to?: string}} PeriodQuery */

const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text ?? "");

/**
 * The days meant, both included; null when none are named and there is no usual length.
 * @param {PeriodQuery} query @param {number} [usual] in days @returns {{from: string, to: string} | null}
 */
export function daysOf({ period, from, to }, usual) {
  if (isDay(from) || isDay(to)) {
    const ends = [from, to].map((day) => (isDay(day) ? day : lastDays(1).to)).sort();
    return { from: ends[0], to: ends[1] };
  }
  const length = Number(period) || usual;
  return length ? lastDays(length) : null;
}

/** The moments at which days begin and end; the end is not included. @param {{from: string, to: string} | null} days */
export function momentsOf(days) {
  if (!days) return { from: null, to: null };
  const zone = timezone.peek() || browserZone();
  return { from: fromClock(`${days.from}T00:00`, zone), to: fromClock(`${daysFrom(days.to, 1)}T00:00`, zone) };
}
