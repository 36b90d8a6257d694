import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { mostQuestions, questionTypes } from "../../data/forms.js";
import { Button } from "../../parts/button.js";
import { Check, Field, Select } from "../../parts/field.js";

/** What a form asks beside the address. @param {{form: any}} props */
export function Questions({ form }) {
  const questions = form.values.value.fields;
  const set = (at, change) => form.set("fields", questions.map((one, i) => (i === at ? { ...one, ...change } : one)));
  const move = (at, to) => form.set("fields", questions.map((one, i) => questions[i === at ? to : i === to ? at : i]));
  const drop = (at) => form.set("fields", questions.filter((_, i) => i !== at));
  const add = () => form.set("fields", [...questions, { name: "", label: "", type: "text", required: false }]);
  return html`
    <fieldset class="stack">
      <legend class="legend-name">${t("forms.questions")}</legend>
      <p class="hint">${t("forms.questions.hint")}</p>
      ${questions.map((question, at) => html`<${Question} key=${at} at=${at} last=${questions.length - 1} question=${question} onChange=${(change) => set(at, change)} onMove=${(to) => move(at, to)} onDrop=${() => drop(at)} />`)}
      ${form.errors.value.fields && html`<p class="error" role="alert">${form.errors.value.fields}</p>`}
      ${questions.length < mostQuestions && html`<div><${Button} small icon="plus" onClick=${add}>${t("forms.question.add")}<//></div>`}
    </fieldset>
  `;
}

/** @param {{question: import("../../data/forms.js").Question, at: number, last: number, onChange: (change: Partial<import("../../data/forms.js").Question>) => void, onMove: (to: number) => void, onDrop: () => void}} props */
function Question({ question: { name, label, type, required, choices = [] }, at, last, onChange, onMove, onDrop }) {
  const number = at + 1;
  const isName = name === "full_name";
  const lines = (text) => text.split("\n").slice(0, 50);
  return html`
    <div class="form-question stack tight" role="group" aria-label=${t("forms.question", { number })}>
      <div class="even">
        <${Field} label=${t("forms.question.label")}>
          ${(attributes) => html`<input class="input" ...${attributes} maxlength="200" value=${label} placeholder=${isName ? t("forms.question.fullName") : name} onInput=${(event) => onChange({ label: event.target.value })} />`}
        <//>
        <${Field} label=${t("forms.question.name")}>
          ${(attributes) => html`<input class="input" ...${attributes} required maxlength="50" autocapitalize="off" spellcheck=${false} value=${name} onInput=${(event) => onChange({ name: event.target.value })} />`}
        <//>
      </div>
      ${!isName && html`<${Select} aria-label=${t("forms.question.type")} options=${questionTypes.map((value) => ({ value, title: t(`forms.type.${value}`) }))} value=${type} onChange=${(value) => onChange({ type: value })} />`}
      ${type === "choice" && html`
        <${Field} label=${t("forms.question.choices")} hint=${t("forms.question.choices.hint")}>
          ${(attributes) => html`<textarea class="input" rows="3" ...${attributes} value=${choices.join("\n")} onInput=${(event) => onChange({ choices: lines(event.target.value) })}></textarea>`}
        <//>
      `}
      <div class="row">
        <${Check} label=${t("forms.question.required")} checked=${required} onChange=${(on) => onChange({ required: on })} />
        <span class="push row tight">
          <${Button} kind="quiet" small icon="arrow-up" label=${t("forms.question.up", { number })} disabled=${at === 0} onClick=${() => onMove(at - 1)} />
          <${Button} kind="quiet" small icon="arrow-down" label=${t("forms.question.down", { number })} disabled=${at === last} onClick=${() => onMove(at + 1)} />
          <${Button} kind="quiet" small icon="trash" label=${t("forms.question.drop", { number })} onClick=${onDrop} />
        </span>
      </div>
    </div>
  `;
}
