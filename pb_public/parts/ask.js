import { html, signal } from "../html.js";
import { t } from "../i18n/index.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {unknown} [text]   what will happen
 * @property {string} act       the verb of the button that does it
 * @property {boolean} [grave]  it cannot be undone
 * @property {string} [stay]    the verb of the button that does not
 */

/** @type {import("../vendor/signals-core-1.14.5.js").Signal<null | (Question & {answer: (yes: boolean) => void})>} */
const asked = signal(null);

/** Ask before doing something that cannot be taken back. @param {Question} question @returns {Promise<boolean>} */
export function ask(question) {
  asked.peek()?.answer(false);
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (yes) => {
        asked.value = null;
        resolve(yes);
      },
    };
  });
}

/** Where questions appear; once in the shell. */
export function Asker() {
  const question = asked.value;
  if (!question) return null;
  const { title, text, act, grave, stay, answer } = question;
  const acts = html`
    <${Button} onClick=${() => answer(false)} autofocus>${stay ?? t("do.cancel")}<//>
    <${Button} kind=${grave ? "danger" : "primary"} onClick=${() => answer(true)}>${act}<//>
  `;
  return html`<${Dialog} key=${title} title=${title} acts=${acts} onClose=${() => answer(false)}>${text && html`<p class="muted">${text}</p>`}<//>`;
}
