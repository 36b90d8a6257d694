import { html } from "../../html.js";
import { Field } from "../../parts/field.js";

/**
 * A number with its unit. Empty is 0 for the server, which its hint explains.
 * @param {{form: any, name: string, label: string, unit?: string, hint?: unknown} & Record<string, any>} props
 */
export function NumberField({ form, name, label, unit, hint, min = 0, ...rest }) {
  return html`
    <${Field} label=${label} hint=${hint} aside=${unit && html`<span class="faint">${unit}</span>`} error=${form.errors.value[name]}>
      ${(attributes) => html`<input class="input" name=${name} type="number" inputmode="decimal" min=${min} ...${attributes} ...${rest} value=${form.values.value[name]} onInput=${(event) => form.set(name, event.target.value)} />`}
    <//>
  `;
}

/** Typed numbers as numbers. @param {Record<string, any>} values @param {string[]} names */
export const numbersIn = (values, names) => Object.fromEntries(names.map((name) => [name, Number(values[name]) || 0]));
