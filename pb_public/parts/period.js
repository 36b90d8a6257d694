import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { daysOf, lengths } from "../data/period.js";
import { lastDays } from "../data/statistics.js";
import { Select } from "./field.js";

/**
 * Which days are shown: one of a few lengths up to today, or any two days.
 * @param {{query: import("../data/period.js").PeriodQuery, usual?: number, onChange: (query: import("../data/period.js").PeriodQuery) => void}} props usual: in days, taken when the address names none; without it all time can be chosen
 */
export function Period({ query, usual, onChange }) {
  const own = Boolean(query.from || query.to);
  const days = daysOf(query, usual);
  const options = [
    ...(usual ? [] : [{ value: "", title: t("period.all") }]),
    ...lengths.map((length) => ({ value: String(length), title: length === 1 ? t("period.today") : t("period.days", { count: length }) })),
    { value: "own", title: t("period.own") },
  ];
  const choose = (value) => {
    if (value === "own") onChange({ period: "", ...(days ?? lastDays(7)) });
    else onChange({ period: Number(value) === usual ? "" : value, from: "", to: "" });
  };
  const move = (end) => (event) => event.target.value && onChange({ period: "", ...days, [end]: event.target.value });
  return html`
    <${Select} class="input select narrow" aria-label=${t("period")} value=${own ? "own" : query.period || (usual ? String(usual) : "")} options=${options} onChange=${choose} />
    ${own && html`
      <span class="between">
        <input class="input narrow" type="date" aria-label=${t("period.from")} value=${days.from} max=${days.to} onChange=${move("from")} />
        <span aria-hidden="true">–</span>
        <input class="input narrow" type="date" aria-label=${t("period.to")} value=${days.to} min=${days.from} max=${lastDays(1).to} onChange=${move("to")} />
      </span>
    `}
  `;
}
