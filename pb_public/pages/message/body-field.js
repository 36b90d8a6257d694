import { html, useRef } from "../../html.js";
import { t } from "../../i18n/index.js";
import { formats } from "../../data/messages.js";
import { ask } from "../../parts/ask.js";
import { Card } from "../../parts/page.js";
import { CodeEditor } from "./code-editor.js";
import { convert, loses } from "./convert.js";
import { VariablesMenu } from "./variables-menu.js";

/**
 * The body in one of its formats. Changing the format converts the text, or asks when something would be lost; going
 * back before anything was changed gives the old text again.
 * @param {{form: any, fault: null | {line: number, detail: string}}} props
 */
export function BodyField({ form, fault }) {
  const { format, body } = form.values.value;
  const editor = useRef(/** @type {null | {insert: (text: string) => void}} */ (null));
  /** What the other formats had, and what was made of it. @type {{current: Record<string, {body: string, became: string}>}} */
  const before = useRef({});
  const change = async (next) => {
    if (next === format) return;
    const earlier = before.current[next];
    const unchanged = earlier?.became === body;
    if (!unchanged && loses(body, format, next) && !(await ask({ title: t(`format.to.${next}.title`), text: t(`format.${format}.to.${next}`), act: t("format.change") }))) return;
    const converted = unchanged ? earlier.body : convert(body, format, next);
    before.current[format] = { body, became: converted };
    form.set("format", next);
    form.set("body", converted);
  };
  const switcher = html`
    <div class="segments" role="group" aria-label=${t("message.format")}>
      ${formats.map((name) => html`<button key=${name} type="button" aria-pressed=${name === format} onClick=${() => change(name)}>${t(`format.${name}`)}</button>`)}
    </div>
  `;
  return html`
    <${Card} flush label=${t("message.body")}>
      <div class="toolbar">${switcher}<span class="push"></span><${VariablesMenu} field=${t("message.body")} onChoose=${(tag) => editor.current.insert(tag)} /></div>
      <${CodeEditor} key=${format} name="body" label=${t("message.body")} value=${body} onInput=${(text) => form.set("body", text)} fault=${fault} rows=${18} language=${format} handle=${editor} placeholder=${t(`message.body.${format}`)} />
      ${form.errors.value.body && html`<p class="inside error" role="alert">${form.errors.value.body}</p>`}
      <p class="code-foot faint">${t("editor.keys")}</p>
    <//>
  `;
}
