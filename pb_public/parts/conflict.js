import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { Button } from "./button.js";
import { Note } from "./note.js";

/**
 * A record that somebody else, or another window, has saved while it was being changed here: both versions of what
 * differs, and the choice between them.
 * @param {{form: any, onKeep: () => void}} props onKeep: save one's own version over the other
 */
export function Conflict({ form, onKeep }) {
  const { theirs, fields } = form.conflict.value;
  const mine = form.values.value;
  const take = () => {
    form.settle(theirs);
    form.conflict.value = null;
  };
  const version = (name, values) => {
    const { show = String } = form.behind.fields[name];
    const value = values[name];
    return value === undefined || value === null || value === "" || value.length === 0 ? html`<span class="faint">${t("conflict.empty")}</span>` : show(value);
  };
  return html`
    <${Note} tone="warn" live>
      <b>${t("conflict.title")}</b> ${t("conflict.text")}
      <table class="versions">
        <thead><tr><td></td><th scope="col">${t("conflict.mine")}</th><th scope="col">${t("conflict.theirs")}</th></tr></thead>
        <tbody>
          ${fields.map((name) => html`<tr key=${name}><th scope="row">${form.behind.fields[name].label}</th><td><div>${version(name, mine)}</div></td><td><div>${version(name, theirs)}</div></td></tr>`)}
        </tbody>
      </table>
      <div class="row">
        <${Button} small onClick=${onKeep}>${t("conflict.keep")}<//>
        <${Button} small onClick=${take}>${t("conflict.take")}<//>
      </div>
    <//>
  `;
}
