import { html, useId, useState } from "../html.js";
import { t } from "../i18n/index.js";
import { Button } from "./button.js";

/**
 * A label, a control, a hint and an error, tied together for those who do not see them.
 * @param {object} props
 * @param {string} props.label
 * @param {unknown} [props.hint]
 * @param {string} [props.error]
 * @param {unknown} [props.aside]   at the end of the label's line
 * @param {boolean} [props.optional]  says so
 * @param {(attributes: {id: string, "aria-invalid"?: boolean, "aria-describedby"?: string}) => unknown} props.children  draws the control
 */
export function Field({ label, hint, error, aside, optional = false, children }) {
  const id = useId();
  const described = [error && `${id}e`, hint && hint !== error && `${id}h`].filter(Boolean).join(" ") || undefined;
  return html`
    <div class=${error ? "field wrong" : "field"}>
      <div class="name">
        <label for=${id}>${label}</label>${optional && html`<span class="faint">${t("field.optional")}</span>`}${aside && html`<span class="push">${aside}</span>`}
      </div>
      ${children({ id, "aria-invalid": error ? true : undefined, "aria-describedby": described })}
      ${error && html`<p class="error" id=${`${id}e`}>${error}</p>`}
      ${hint && hint !== error && html`<p class="hint" id=${`${id}h`}>${hint}</p>`}
    </div>
  `;
}

/**
 * One line of text in a form: an address, a name, a date.
 * @param {{form: any, name: string, label: string, hint?: unknown, aside?: unknown, optional?: boolean} & Record<string, any>} props the rest goes to the input
 */
export function TextField({ form, name, label, hint, aside, optional, ...rest }) {
  return html`
    <${Field} label=${label} hint=${hint} aside=${aside} optional=${optional} error=${form.errors.value[name]}>
      ${(attributes) => html`<input class="input" name=${name} ...${attributes} ...${rest} value=${form.values.value[name]} onInput=${(event) => form.set(name, event.target.value)} />`}
    <//>
  `;
}

/** A password that can be looked at. @param {{form: any, name: string, label: string} & Record<string, any>} props */
export function PasswordField({ form, name, label, hint, aside, ...rest }) {
  const [shown, show] = useState(false);
  return html`
    <${Field} label=${label} hint=${hint} aside=${aside} error=${form.errors.value[name]}>
      ${(attributes) => html`
        <div class="joined">
          <input class="input" type=${shown ? "text" : "password"} name=${name} ...${attributes} ...${rest}
            value=${form.values.value[name]} onInput=${(event) => form.set(name, event.target.value)} />
          <${Button} kind="quiet" small icon="eye" label=${t(shown ? "password.hide" : "password.show")} aria-pressed=${shown} onClick=${() => show(!shown)} />
        </div>
      `}
    <//>
  `;
}

/** Several lines of text. @param {{form: any, name: string, label: string} & Record<string, any>} props */
export function TextArea({ form, name, label, hint, aside, optional, rows = 4, ...rest }) {
  return html`
    <${Field} label=${label} hint=${hint} aside=${aside} optional=${optional} error=${form.errors.value[name]}>
      ${(attributes) => html`<textarea class="input" name=${name} rows=${rows} ...${attributes} ...${rest} value=${form.values.value[name]} onInput=${(event) => form.set(name, event.target.value)}></textarea>`}
    <//>
  `;
}

/**
 * One of a few or of many.
 * @param {{form: any, name: string, label: string, options: {value: string, title: string}[]} & Record<string, any>} props
 */
export function SelectField({ form, name, label, hint, aside, optional, options, ...rest }) {
  return html`
    <${Field} label=${label} hint=${hint} aside=${aside} optional=${optional} error=${form.errors.value[name]}>
      ${(attributes) => html`<${Select} name=${name} ...${attributes} ...${rest} options=${options} value=${form.values.value[name]} onChange=${(value) => form.set(name, value)} />`}
    <//>
  `;
}

/** A bare drop-down list, for filters above tables. @param {{options: {value: string, title: string}[], value: string, onChange: (value: string) => void} & Record<string, any>} props */
export function Select({ options, value, onChange, ...rest }) {
  return html`
    <select class="input select" ...${rest} value=${value} onChange=${(event) => onChange(event.target.value)}>
      ${options.map((option) => html`<option key=${option.value} value=${option.value} selected=${option.value === value}>${option.title}</option>`)}
    </select>
  `;
}

/**
 * A choice in a toolbar that narrows a list.
 * @param {{label: string, any: string, options: {value: string, title: string}[], value: string, onChange: (value: string) => void}} props any: the words for not narrowing
 */
export function NarrowSelect({ label, any, options, value, onChange }) {
  return html`<${Select} class="input select narrow" aria-label=${label} value=${value} options=${[{ value: "", title: any }, ...options]} onChange=${onChange} />`;
}

/** Yes or no. @param {{form: any, name: string, label: unknown, hint?: unknown} & Record<string, any>} props */
export function CheckField({ form, name, label, hint, ...rest }) {
  return html`<${Check} name=${name} label=${label} hint=${hint} ...${rest} checked=${form.values.value[name]} onChange=${(checked) => form.set(name, checked)} />`;
}

/** @param {{label: unknown, hint?: unknown, checked: boolean, onChange: (checked: boolean) => void} & Record<string, any>} props */
export function Check({ label, hint, checked, onChange, ...rest }) {
  return html`
    <label class="check"><input type="checkbox" ...${rest} checked=${checked} onChange=${(event) => onChange(event.target.checked)} /><span>${label}${hint && html`<small>${hint}</small>`}</span></label>
  `;
}

/**
 * One of a few, each with a word of explanation.
 * @param {{name: string, legend: string, options: {value: string, title: string, hint?: unknown, disabled?: boolean}[], value: string, onChange: (value: string) => void}} props
 */
export function Choice({ name, legend, options, value, onChange }) {
  return html`
    <fieldset class="choice">
      <legend class="unseen">${legend}</legend>
      ${options.map(
        (option) => html`
          <label class="option" key=${option.value}>
            <input type="radio" name=${name} value=${option.value} checked=${option.value === value} disabled=${option.disabled} onChange=${() => onChange(option.value)} />
            <span><b>${option.title}</b>${option.hint && html`<small>${option.hint}</small>`}</span>
          </label>
        `,
      )}
    </fieldset>
  `;
}
