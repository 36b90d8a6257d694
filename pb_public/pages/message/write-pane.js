import { html, useRef } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Field } from "../../parts/field.js";
import { Card } from "../../parts/page.js";
import { Attachments } from "./attachments.js";
import { BodyField } from "./body-field.js";
import { CodeEditor } from "./code-editor.js";
import { VariablesMenu } from "./variables-menu.js";

/**
 * Everything of a message that is written.
 * @param {{form: any, message: import("../../data/messages.js").Message, fault: null | import("./live-preview.js").Fault}} props
 */
export function WritePane({ form, message, fault }) {
  const faultOf = (field) => (fault?.field === field ? fault : null);
  const values = form.values.value;
  return html`
    <${Card}>
      <${LineField} form=${form} name="name" label=${t("message.name")} hint=${t("message.name.hint")} maxlength="200" />
      <${LineField} form=${form} name="subject" label=${t("message.subject")} fault=${faultOf("subject")} variables maxlength="255" />
      <${LineField} form=${form} name="preheader" label=${t("message.preheader")} hint=${t("message.preheader.hint")} fault=${faultOf("preheader")} variables optional maxlength="255" />
    <//>
    <${BodyField} form=${form} fault=${faultOf("body")} />
    ${values.format !== "text" && html`
      <${Card}>
        <details class="more" open=${Boolean(message.text_body) || Boolean(faultOf("text_body"))}>
          <summary><h2>${t("message.text")}</h2> <span class="faint">${values.text_body ? t("message.text.own") : t("message.text.made")}</span></summary>
          <div class="stack tight">
            <p class="muted">${t("message.text.hint")}</p>
            <${CodeEditor} name="text_body" label=${t("message.text")} value=${values.text_body} onInput=${(text) => form.set("text_body", text)} fault=${faultOf("text_body")} rows=${6} />
            ${form.errors.value.text_body && html`<p class="error">${form.errors.value.text_body}</p>`}
          </div>
        </details>
      <//>
    `}
    <${Card} title=${t("attachments")}><${Attachments} message=${message} form=${form} error=${form.errors.value.attachments} /><//>
  `;
}

/** One line of text, into which variables can be put at the cursor. */
function LineField({ form, name, label, hint, fault, variables = false, optional, ...rest }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const insert = (text) => {
    const { selectionStart: start, selectionEnd: end, value } = input.current;
    form.set(name, value.slice(0, start) + text + value.slice(end));
    input.current.focus();
    requestAnimationFrame(() => input.current.setSelectionRange(start + text.length, start + text.length));
  };
  const error = form.errors.value[name] || (fault && `${t(fault.words)}: ${fault.detail}`);
  return html`
    <${Field} label=${label} hint=${hint} optional=${optional} error=${error} aside=${variables && html`<${VariablesMenu} field=${label} onChoose=${insert} links=${false} />`}>
      ${(attributes) => html`<input class="input" name=${name} ref=${input} ...${attributes} ...${rest} value=${form.values.value[name]} onInput=${(event) => form.set(name, event.target.value)} />`}
    <//>
    ${fault && html`<p class="said">${fault.detail}</p>`}
  `;
}
