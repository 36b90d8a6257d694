import { html, useState } from "../html.js";
import { t } from "../i18n/index.js";
import { blankCondition, filterConditions, filterText } from "../data/filters.js";
import { Button } from "./button.js";
import { Conditions } from "./conditions.js";
import { Field } from "./field.js";

/**
 * A filter over clients, as rows of conditions or as text; a filter that rows cannot hold is shown as text.
 * @param {{value: string, error?: string, onChange: (filter: string) => void}} props
 */
export function FilterEditor({ value, error, onChange }) {
  const [written, write] = useState(() => filterConditions(value) === null);
  const readable = filterConditions(value);
  const [rows, setRows] = useState(() => (readable?.conditions.length ? readable : { join: /** @type {const} */ ("&&"), conditions: [blankCondition] }));
  const toRows = () => {
    setRows(readable.conditions.length ? readable : { join: "&&", conditions: [blankCondition] });
    write(false);
  };
  const change = (next) => {
    setRows(next);
    onChange(filterText(next));
  };
  if (!written) {
    return html`
      <div class=${error ? "field wrong" : "field"}>
        <${Conditions} value=${rows} onChange=${change} />
        ${error && html`<p class="error" role="alert">${error}</p>`}
        <div><${Button} small kind="quiet" icon="code" onClick=${() => write(true)}>${t("filter.asText")}<//></div>
      </div>
    `;
  }
  const help = html`
    <details class="detail"><summary>${t("filter.help")}</summary>
      <ul class="stack tight help">
        ${["one", "two", "three"].map((key) => html`<li key=${key}><code>${t(`filter.help.${key}`)}</code><span class="muted">${t(`filter.help.${key}.text`)}</span></li>`)}
      </ul>
    </details>
  `;
  return html`
    <${Field} label=${t("filter.text")} error=${error} hint=${readable === null && value.trim() && !error ? t("filter.onlyText") : ""}>
      ${(attributes) => html`<textarea class="input code" name="filter" rows="4" maxlength="2000" spellcheck="false" required ...${attributes} value=${value} onInput=${(event) => onChange(event.target.value)}></textarea>`}
    <//>
    ${help}
    ${readable && html`<div><${Button} small kind="quiet" icon="list-filter" onClick=${toRows}>${t("filter.asRows")}<//></div>`}
  `;
}
