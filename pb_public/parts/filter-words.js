// A filter over clients as people say it.
import { calendarDay, language, t } from "../i18n/index.js";
import { filterConditions, takesValue } from "../data/filters.js";

/**
 * "Name contains “Anna” and city is “Tver”"; the filter itself when it says more than rows of conditions can hold.
 * @param {string} filter
 */
export function filterWords(filter) {
  const readable = filterConditions(filter);
  if (!readable) return filter;
  const { join, conditions } = readable;
  return new Intl.ListFormat(language.value, { type: join === "&&" ? "conjunction" : "disjunction" }).format(conditions.map(conditionWords));
}

/** @param {import("../data/filters.js").Condition} condition */
function conditionWords({ field, sign, value }) {
  if (field === "created" && value) return t(`filter.words.created.${sign}`, { day: calendarDay(value) });
  const name = field.startsWith("attributes.") ? field.slice("attributes.".length) : t(`filter.field.${field}`).toLowerCase();
  const shown = !takesValue(sign) ? "" : field === "status" && value ? t(`client.status.${value}`).toLowerCase() : t("filter.words.value", { value });
  return [name, t(`filter.sign.${sign}`), shown].filter(Boolean).join(" ");
}
