import { html, useEffect, useRef, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { Note } from "../../parts/note.js";
import { Card } from "../../parts/page.js";
import { Skeleton } from "../../parts/skeleton.js";
import { toastTrouble } from "../../parts/toast.js";
import { CodeEditor } from "./code-editor.js";
import { convert, loses } from "./convert.js";
import { ImageButton, pictureCode } from "./image-button.js";
import { fits, loadRich } from "./rich/load.js";
import { RichEditor } from "./rich/rich-editor.js";
import { TemplatesButton } from "./templates-button.js";
import { VariablesMenu } from "./variables-menu.js";

/** Ways to write a body. Rich text and code are two views of the same HTML. */
const views = ["rich", "html", "markdown", "text"];

/**
 * The body in one of its formats. HTML is shown as rich text when that can hold it without loss, else as code, which
 * says so. Changing the format converts the text, or asks when something would be lost; going back before anything
 * was changed gives the old text again.
 * @param {{form: any, fault: null | import("./live-preview.js").Fault}} props
 */
export function BodyField({ form, fault }) {
  const { format, body } = form.values.value;
  const [libraries, setLibraries] = useState(/** @type {any} */ (null));
  /** How HTML is shown; "" until the rich editor has come and looked at it. */
  const [htmlAs, showAs] = useState(/** @type {"" | "rich" | "html"} */ (""));
  const [unfit, setUnfit] = useState(false);
  const editor = useRef(/** @type {null | {insert: (text: string) => void}} */ (null));
  /** What the other formats had, and what was made of it. @type {{current: Record<string, {body: string, became: string}>}} */
  const before = useRef({});
  const shown = format === "html" ? htmlAs : format;

  const open = (found, text) => {
    const rich = Boolean(found) && fits(found, text);
    setUnfit(Boolean(found) && !rich);
    showAs(rich ? "rich" : "html");
  };
  useEffect(() => {
    loadRich().then(
      (found) => (setLibraries(found), open(found, form.values.peek().body)),
      () => showAs("html"),
    );
  }, []);
  useEffect(() => {
    // Another format came from elsewhere (a template, a draft): the rich editor may not have looked at this text.
    if (format === "html" && libraries && htmlAs === "rich") open(libraries, form.values.peek().body);
  }, [format]);

  const change = async (view) => {
    if (view === shown) return;
    const next = view === "rich" ? "html" : view;
    let text = body;
    if (next !== format) {
      const earlier = before.current[next];
      const unchanged = earlier?.became === body;
      if (!unchanged && loses(body, format, next) && !(await ask({ title: t("format.to.text.title"), text: t(`format.${format}.to.text`), act: t("format.change") }))) return;
      try {
        text = unchanged ? earlier.body : await convert(body, format, next);
      } catch (error) {
        return toastTrouble(error);
      }
      // Somebody types on while the server is rewriting: what was typed counts.
      if (form.values.peek().body !== body) return;
      before.current[format] = { body, became: text };
      form.values.value = { ...form.values.peek(), format: next, body: text };
    }
    if (view === "rich") open(libraries, text);
    else if (view === "html") showAs("html");
  };
  const set = (text) => form.set("body", text);
  return html`
    <${Card} flush label=${t("message.body")}>
      <div class="toolbar">
        <div class="segments" role="group" aria-label=${t("message.format")}>
          ${views.map((view) => html`<button key=${view} type="button" aria-pressed=${view === shown} onClick=${() => change(view)}>${t(`format.${view}`)}</button>`)}
        </div>
        <span class="push row tight">
          <${TemplatesButton} form=${form} />
          ${shown !== "rich" && shown !== "text" && html`<${ImageButton} onInsert=${(picture) => editor.current?.insert(pictureCode(picture, format))} />`}
          <${VariablesMenu} field=${t("message.body")} onChoose=${(tag) => editor.current?.insert(tag)} />
        </span>
      </div>
      ${unfit && shown === "html" && html`<div class="inside-note"><${Note}>${t("rich.unfit")}<//></div>`}
      ${shown === "" && html`<${Skeleton} rows=${6} />`}
      ${shown === "rich" && html`
        <${RichEditor} libraries=${libraries} label=${t("message.body")} value=${body} current=${() => form.values.peek().body} onInput=${set} onUnfit=${() => open(libraries, form.values.peek().body)} handle=${editor} />
        ${fault && html`<div class="code-fault" role="alert"><p><b>${t(fault.words)}</b></p><p class="said">${fault.detail}</p><div><${Button} small onClick=${() => showAs("html")}>${t("template.inCode")}<//></div></div>`}
      `}
      ${shown !== "" && shown !== "rich" && html`
        <${CodeEditor} key=${format} name="body" label=${t("message.body")} value=${body} onInput=${set} fault=${fault} rows=${18} language=${format} handle=${editor} placeholder=${t(`message.body.${format}`)} />
        <p class="code-foot faint">${t("editor.keys")}</p>
      `}
      ${form.errors.value.body && html`<p class="inside error" role="alert">${form.errors.value.body}</p>`}
    <//>
  `;
}
