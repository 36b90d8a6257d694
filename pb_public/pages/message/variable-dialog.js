import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { TextArea, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { fitsTag, isAlwaysThere, readVariable, tagsIn, variableTag, variableTitle } from "./tags.js";

/**
 * A tag of the template that is put in or changed: of a variable one asks what stands in its place for those who have no value,
 * code is shown as it is.
 * @param {{tag: string, onDone: (tag: string) => void, onRemove?: () => void, onClose: () => void}} props onRemove: it stands in the text already
 */
export function VariableDialog({ tag, onDone, onRemove, onClose }) {
  const variable = readVariable(tag);
  const form = useForm({ fallback: variable?.fallback ?? "", code: tag }, async ({ fallback, code }) => {
    const wrong = variable ? !fitsTag(fallback) && { fallback: t("variable.fallback.wrong") } : !isOneTag(code.trim()) && { code: t("tag.code.wrong") };
    if (wrong) return void (form.errors.value = wrong);
    onDone(variable ? variableTag(variable.expression, fallback.trim()) : code.trim());
  });
  const acts = html`
    ${onRemove && html`<${Button} onClick=${onRemove}>${t("tag.remove")}<//>`}
    <${Button} onClick=${onClose}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="variable">${t(onRemove ? "do.save" : "do.insert")}<//>
  `;
  return html`
    <${Dialog} title=${variable ? t("variable.title", { title: variableTitle(variable.expression) }) : t("tag.code")} acts=${acts} onClose=${onClose}>
      <${Form} id="variable" form=${form}>
        ${!variable && html`<${TextArea} form=${form} name="code" label=${t("tag.code")} hint=${t("tag.code.hint")} rows=${3} spellcheck=${false} required autofocus />`}
        ${variable && !isAlwaysThere(variable.expression) && html`<${TextField} form=${form} name="fallback" label=${t("variable.fallback")} hint=${t("variable.fallback.hint")} placeholder=${t("variable.friend")} maxlength="200" optional autofocus />`}
        ${variable && isAlwaysThere(variable.expression) && html`<p class="muted">${t("variable.always")}</p>`}
      <//>
    <//>
  `;
}

const isOneTag = (code) => tagsIn(code).length === 1 && tagsIn(code)[0].tag === code;
