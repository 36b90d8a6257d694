import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { clientStatuses, ownAttributes } from "../data/clients.js";
import { blankCondition, ownFields, signsOf, takesValue } from "../data/filters.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { Button } from "./button.js";
import { Select } from "./field.js";

/**
 * Conditions on clients, one a row: a field, what of it, a value.
 * @param {{value: import("../data/filters.js").Conditions, onChange: (value: import("../data/filters.js").Conditions) => void}} props
 */
export function Conditions({ value: { join, conditions }, onChange }) {
  const names = useQuery(["clients", "attributes", me.value.id], ownAttributes);
  const used = conditions.filter(({ field }) => field.startsWith("attributes.")).map(({ field }) => field.slice(11));
  const attributes = [...new Set([...(names.data ?? []).map(({ name }) => name), ...used])].filter(Boolean);
  const fields = [...ownFields.map((field) => ({ value: field, title: t(`filter.field.${field}`) })), ...attributes.map((name) => ({ value: `attributes.${name}`, title: name }))];
  const set = (rows) => onChange({ join, conditions: rows });
  const change = (at, patch) => set(conditions.map((row, i) => (i === at ? { ...row, ...patch } : row)));
  const refield = (at, field) => {
    const { sign } = conditions[at];
    const signs = signsOf(field);
    change(at, { field, sign: signs.includes(sign) ? sign : signs[0], value: "" });
  };
  return html`
    <div class="conditions">
      ${conditions.length > 1 && html`<${Select} class="input select narrow" aria-label=${t("filter.join")} value=${join} options=${["&&", "||"].map((one) => ({ value: one, title: t(`filter.join.${one}`) }))} onChange=${(next) => onChange({ join: next, conditions })} />`}
      ${conditions.map(
        (row, i) => html`
          <div class="condition" key=${i}>
            <${Select} aria-label=${t("filter.field")} value=${row.field} options=${fields} onChange=${(field) => refield(i, field)} />
            <${Select} aria-label=${t("filter.sign")} value=${row.sign} options=${signsOf(row.field).map((sign) => ({ value: sign, title: t(row.field === "created" ? `filter.day.${sign}` : `filter.sign.${sign}`) }))} onChange=${(sign) => change(i, { sign })} />
            ${takesValue(row.sign) ? html`<${Value} condition=${row} onChange=${(value) => change(i, { value })} />` : html`<span></span>`}
            <${Button} kind="quiet" icon="x" label=${t("filter.drop")} onClick=${() => set(conditions.filter((_, other) => other !== i))} />
          </div>
        `,
      )}
      <div><${Button} small kind="quiet" icon="plus" onClick=${() => set([...conditions, blankCondition])}>${t("filter.add")}<//></div>
    </div>
  `;
}

function Value({ condition: { field, value }, onChange }) {
  if (field === "status") {
    const options = [...(value ? [] : [{ value: "", title: "…" }]), ...clientStatuses.map((status) => ({ value: status, title: t(`client.status.${status}`) }))];
    return html`<${Select} aria-label=${t("filter.value")} value=${value} options=${options} onChange=${onChange} />`;
  }
  const type = field === "created" ? "date" : "text";
  return html`<input class="input" type=${type} aria-label=${t("filter.value")} placeholder=${t("filter.value")} maxlength="300" value=${value} onInput=${(event) => onChange(event.target.value)} />`;
}
