// A long stretch of days as columns that can still be told apart.

/** @typedef {import("../../data/statistics.js").Totals} Totals */

/** How many days are drawn one by one, and how many week by week; more than that are drawn as months. */
const longest = { days: 100, weeks: 800 };

/**
 * Days as the columns of a drawing that can still be told apart: one by one, or added up by weeks (from Monday) or months.
 * @param {(Totals & {day: string})[]} days in order
 * @returns {{unit: "day" | "week" | "month", columns: (Totals & {day: string, until: string})[]}}
 */
export function columnsOf(days) {
  const unit = days.length <= longest.days ? "day" : days.length <= longest.weeks ? "week" : "month";
  /** @type {Map<string, any>} */
  const columns = new Map();
  for (const { day, ...totals } of days) {
    const begin = beginOf(day, unit);
    const column = columns.get(begin);
    if (!column) columns.set(begin, { ...totals, day, until: day });
    else {
      for (const [name, value] of Object.entries(totals)) column[name] += value;
      column.until = day;
    }
  }
  return { unit, columns: [...columns.values()] };
}

/** The day that a week or a month begins with. @param {string} day @param {"day" | "week" | "month"} unit */
function beginOf(day, unit) {
  if (unit === "day") return day;
  if (unit === "month") return day.slice(0, 7);
  const at = new Date(`${day}T00:00Z`);
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  return at.toISOString().slice(0, 10);
}
