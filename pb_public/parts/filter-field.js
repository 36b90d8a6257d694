import { html, useState } from "../html.js";
import { t } from "../i18n/index.js";
import { blankCondition, filterText, ownFilters } from "../data/filters.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { Field, Select } from "./field.js";
import { FilterEditor } from "./filter-editor.js";

/**
 * What narrows an audience: nothing, a saved filter, or conditions of its own. The conditions themselves are kept,
 * so that a saved filter that changes later changes nothing that was prepared with it.
 * @param {{value: string, error?: string, onChange: (filter: string) => void}} props
 */
export function FilterField({ value, error, onChange }) {
  const saved = useQuery(["filters", me.value.id], ownFilters);
  const [editing, edit] = useState(false);
  const match = saved.data?.find(({ filter }) => filter === value);
  const chosen = editing ? "own" : value === "" ? "" : (match?.id ?? "own");
  const options = [
    { value: "", title: t("filter.none") },
    ...(saved.data ?? []).map(({ id, name }) => ({ value: id, title: name })),
    { value: "own", title: t("filter.own") },
  ];
  const choose = (next) => {
    edit(next === "own");
    if (next !== "own") onChange(saved.data?.find(({ id }) => id === next)?.filter ?? "");
    // Somebody who asks for conditions and sets none does not mean everybody.
    else if (value === "") onChange(filterText({ join: "&&", conditions: [blankCondition] }));
  };
  return html`
    <${Field} label=${t("filter.narrow")}>${(attributes) => html`<${Select} ...${attributes} value=${chosen} options=${options} onChange=${choose} />`}<//>
    ${chosen === "own" && saved.data && html`<${FilterEditor} value=${value} error=${error} onChange=${onChange} />`}
  `;
}
