import { html, useId, useState } from "../../html.js";
import { bytes, t } from "../../i18n/index.js";
import { startImport } from "../../data/imports.js";
import { ownLists } from "../../data/lists.js";
import { useQuery } from "../../data/query.js";
import { me } from "../../data/session.js";
import { go, here } from "../../router.js";
import { Button, Icon } from "../../parts/button.js";
import { CheckField, Choice, Field, SelectField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Card } from "../../parts/page.js";
import { remember } from "./chosen.js";
import { ListDialog } from "../lists/list-dialog.js";

const ways = ["fill", "overwrite", "keep"];

/**
 * Which file, for which list, and what of clients who are there already.
 * @param {{chosen: import("./chosen.js").Chosen | null}} props  chosen: what it begins with
 */
export function FileStep({ chosen }) {
  const [file, choose] = useState(/** @type {File | null} */ (chosen?.file ?? null));
  const [naming, name] = useState(false);
  const lists = useQuery(["lists", me.value.id], ownLists);
  const form = useForm({ list: chosen?.list ?? "", onConflict: chosen?.onConflict ?? "fill", consent: chosen?.consent ?? false }, async (values) => {
    if (!file) {
      form.errors.value = { file: t("import.file.choose") };
      return;
    }
    const next = { file, ...values };
    const stillHere = here();
    const begun = await startImport({ ...next, dryRun: true });
    remember(begun.id, next);
    if (stillHere()) go("/clients/import", { id: begun.id, step: "columns" });
  });
  const take = (next) => {
    choose(next);
    form.errors.value = {};
    form.trouble.value = null;
  };
  const options = [{ value: "", title: t("import.list.none") }, ...(lists.data ?? []).map(({ id, name: title }) => ({ value: id, title }))];
  return html`
    <${Form} form=${form} handled=${["file"]}>
      <${Card} title=${t("import.file.title")}>
        <${FileField} file=${file} error=${form.errors.value.file} onChoose=${take} />
      <//>
      <${Card} title=${t("import.how")}>
        <div class="even">
          <${SelectField} form=${form} name="list" label=${t("import.list")} options=${options} aside=${html`<${Button} small kind="quiet" icon="plus" onClick=${() => name(true)}>${t("list.new")}<//>`} />
        </div>
        ${lists.data?.find(({ id }) => id === form.values.value.list)?.double_opt_in && html`<${CheckField} form=${form} name="consent" label=${t("import.consent")} hint=${t("import.consent.hint")} />`}
        <div class="stack tight">
          <h3>${t("import.conflict")}</h3>
          <${Choice} name="onConflict" legend=${t("import.conflict")} options=${ways.map((value) => ({ value, title: t(`import.conflict.${value}`), hint: t(`import.conflict.${value}.hint`) }))}
            value=${form.values.value.onConflict} onChange=${(value) => form.set("onConflict", value)} />
        </div>
      <//>
      <div class="wizard-foot"><span class="push muted">${t("import.nothingYet")}</span><${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("do.next")}<//></div>
    <//>
    ${naming && html`<${ListDialog} onClose=${() => name(false)} onSaved=${(list) => form.set("list", list.id)} />`}
  `;
}

function FileField({ file, error, onChoose }) {
  const hint = useId();
  const [over, hover] = useState(false);
  const drop = (event) => {
    event.preventDefault();
    hover(false);
    const [dropped] = event.dataTransfer.files;
    if (dropped) onChoose(dropped);
  };
  const drag = (event) => {
    event.preventDefault();
    hover(true);
  };
  return html`
    <${Field} label=${t("import.file")} error=${error}>
      ${(attributes) => html`
        <label class=${over ? "drop over" : "drop"} onDragOver=${drag} onDragLeave=${() => hover(false)} onDrop=${drop}>
          <${Icon} name=${file ? "file-text" : "upload"} />
          <span class="who"><b>${file ? file.name : t("import.file.pick")}</b><small id=${hint}>${file ? bytes(file.size) : t("import.file.hint")}</small></span>
          ${file && html`<span class="btn small" aria-hidden="true">${t("import.file.other")}</span>`}
          <input class="unseen" type="file" ...${attributes} aria-label=${t("import.file")} accept=".xlsx,.csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values" onChange=${(event) => event.target.files[0] && onChoose(event.target.files[0])} />
        </label>
      `}
    <//>
  `;
}
