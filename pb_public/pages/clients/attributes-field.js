import { html, useId } from "../../html.js";
import { t } from "../../i18n/index.js";
import { ownAttributes } from "../../data/clients.js";
import { useQuery } from "../../data/query.js";
import { me } from "../../data/session.js";
import { Button } from "../../parts/button.js";
import { nameable } from "./attributes.js";

/** @typedef {{name: string, text: string}} Row */

/**
 * Whatever else is known about a client, a name and a value a row.
 * @param {{rows: Row[], error?: string, onChange: (rows: Row[]) => void}} props
 */
export function AttributesField({ rows, error, onChange }) {
  const id = useId();
  const names = useQuery(["clients", "attributes", me.value.id], ownAttributes);
  const change = (at, patch) => onChange(rows.map((row, i) => (i === at ? { ...row, ...patch } : row)));
  return html`
    <fieldset class=${error ? "field wrong" : "field"} aria-describedby=${error ? `${id}e` : undefined}>
      <legend class="legend-name">${t("client.attributes")}</legend>
      <datalist id=${`${id}n`}>${(names.data ?? []).map(({ name }) => html`<option key=${name} value=${name} />`)}</datalist>
      ${rows.map(
        ({ name, text }, i) => html`
          <div class="pair" key=${i}>
            <input class="input" name=${`attribute${i}`} aria-label=${t("attribute.name")} placeholder=${t("attribute.name.example")} list=${`${id}n`} maxlength="60" value=${name} onInput=${(event) => change(i, { name: event.target.value })} />
            <input class="input" aria-label=${t("attribute.value")} placeholder=${t("attribute.value")} maxlength="2000" value=${text} onInput=${(event) => change(i, { text: event.target.value })} />
            <${Button} kind="quiet" icon="x" label=${t("attribute.drop")} onClick=${() => onChange(rows.filter((_, other) => other !== i))} />
          </div>
        `,
      )}
      <div><${Button} small kind="quiet" icon="plus" onClick=${() => onChange([...rows, { name: "", text: "" }])}>${t("attribute.add")}<//></div>
      ${error && html`<p class="error" id=${`${id}e`}>${error}</p>`}
      <p class="hint">${t("client.attributes.hint")}</p>
    </fieldset>
  `;
}

/** What is wrong with the rows, in words; "" when they can be saved. @param {Row[]} rows */
export function attributesWrong(rows) {
  const filled = rows.filter(({ name, text }) => name.trim() || text.trim());
  const names = filled.map(({ name }) => name.trim());
  const unnamed = names.find((name) => !nameable.test(name));
  if (unnamed !== undefined) return unnamed ? t("attribute.wrongName", { name: unnamed }) : t("attribute.noName");
  const twice = names.find((name, i) => names.indexOf(name) < i);
  return twice ? t("attribute.twice", { name: twice }) : "";
}
