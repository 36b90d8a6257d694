// Totals of attempts and sent mails over days.
import { api } from "./pb.js";
import { dayOf, daysFrom, timezone } from "../i18n/index.js";
import { browserZone } from "./session.js";

/** @typedef {{attempts: number, success: number, failure: number, uncertain: number, sent: number, bounced: number, hard: number, soft: number, block: number, complained: number}} Totals */
/** @typedef {{totals: Totals, days: (Totals & {day: string})[], domains: (Totals & {domain: string})[], codes: (Totals & {code: number, enhanced_code: string})[], mailings: (Totals & {mailing: string, name: string, owner: string})[]}} Statistics */

/**
 * @param {{from: string, to: string, mailing?: string, owner?: string}} wanted calendar days, both included @param {AbortSignal} [signal]
 * @returns {Promise<Statistics>}
 */
export const readStatistics = (wanted, signal) => api("/statistics", { query: statisticsQuery(wanted), signal });

/** The same as the routes want it: without what is empty, with the viewer's zone. @param {{from: string, to: string, mailing?: string, owner?: string}} wanted @returns {Record<string, string>} */
export function statisticsQuery(wanted) {
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value));
  return { ...given, tz: timezone.peek() || browserZone() };
}

/** Days of the viewer's calendar up to today, or up to so many days before, as "2026-11-23". @param {number} count @param {number} [before] */
export function lastDays(count, before = 0) {
  const to = daysFrom(dayOf(Date.now()), -before);
  return { from: daysFrom(to, 1 - count), to };
}
