import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { isUnfinished } from "../../data/filters.js";
import { Button } from "../../parts/button.js";
import { Select } from "../../parts/field.js";
import { filterWords } from "../../parts/filter-words.js";
import { FilterEditor } from "../../parts/filter-editor.js";
import { useTyped } from "../../parts/settled.js";
import { FilterDialog } from "../filters/filter-dialog.js";

/** Conditions of the moment: what FilterSelect says when they are none of the saved ones. */
const own = "own";

/**
 * By which filter the list is narrowed, in the toolbar.
 * @param {{filter: string, filters: import("../../data/filters.js").Filter[], editing: boolean, onEdit: (editing: boolean) => void, onChange: (filter: string) => void}} props
 */
export function FilterSelect({ filter, filters, editing, onEdit, onChange }) {
  const saved = filters.find((one) => one.filter === filter);
  const value = editing ? own : filter === "" ? "" : (saved?.id ?? own);
  const options = [{ value: "", title: t("clients.anyFilter") }, ...filters.map(({ id, name }) => ({ value: id, title: name })), { value: own, title: t("clients.ownFilter") }];
  const choose = (next) => {
    onEdit(next === own);
    if (next !== own) onChange(filters.find(({ id }) => id === next)?.filter ?? "");
  };
  return html`<${Select} class="input select narrow" aria-label=${t("clients.filter")} value=${value} options=${options} onChange=${choose} />`;
}

/**
 * The conditions by which the list is narrowed, below the toolbar: to be seen, changed and kept.
 * @param {{filter: string, wrong?: string, saved?: import("../../data/filters.js").Filter, editing: boolean, onEdit: (editing: boolean) => void, onChange: (filter: string) => void}} props
 */
export function Narrowing({ filter, wrong, saved, editing, onEdit, onChange }) {
  const [keeping, keep] = useState(false);
  const drop = () => {
    onEdit(false);
    onChange("");
  };
  return html`
    <section class=${editing ? "narrowing" : "narrowing said-only"} aria-label=${t("clients.filter")}>
      ${editing ? html`<${Editor} filter=${filter} wrong=${wrong} onChange=${onChange} />` : html`<div class=${wrong ? "field wrong" : "field"}><p title=${filter}>${filterWords(filter)}</p>${wrong && html`<p class="error" role="alert">${wrong}</p>`}</div>`}
      <div class="row">
        ${editing ? html`<${Button} small onClick=${() => onEdit(false)}>${t("clients.filter.done")}<//>` : html`<${Button} small kind="quiet" icon="pencil" onClick=${() => onEdit(true)}>${t("clients.filter.edit")}<//>`}
        ${filter && !saved && !wrong && html`<${Button} small kind="quiet" icon="plus" onClick=${() => keep(true)}>${t("clients.filter.keep")}<//>`}
        <${Button} small kind="quiet" icon="x" onClick=${drop}>${t("clients.filter.drop")}<//>
      </div>
      ${keeping && html`<${FilterDialog} start=${filter} onClose=${() => keep(false)} />`}
    </section>
  `;
}

const pause = 350;

/** The list follows what is typed after a pause, and not before each condition has its value. */
function Editor({ filter, wrong, onChange }) {
  const [open, leave] = useState("");
  const { typed, type, isReplaced } = useTyped(filter, onChange, pause);
  const change = (next) => {
    leave(isUnfinished(next) ? next : "");
    if (!isUnfinished(next)) type(next);
  };
  // The rows begin anew when the filter was changed elsewhere.
  return html`
    <${FilterEditor} key=${isReplaced ? filter : "typed"} value=${open || typed} error=${wrong} onChange=${change} />
    ${open && html`<p class="hint muted" role="status">${t("clients.filter.unfinished")}</p>`}
  `;
}
