import { html, useId } from "../../html.js";
import { t } from "../../i18n/index.js";
import { ownAttributes } from "../../data/clients.js";
import { startImport } from "../../data/imports.js";
import { useQuery } from "../../data/query.js";
import { me } from "../../data/session.js";
import { go, here, href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { Select } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Card } from "../../parts/page.js";
import { remember } from "./chosen.js";
import { FileGone } from "./file-gone.js";
import { ReadingCard } from "./reading-card.js";
import { LeftNote } from "./outcome.js";

const kinds = ["email", "full_name", "comment", "language", "attribute", "status", ""];

/** Names of custom fields that a message can use as {{ client.attributes.city }}. */
const usable = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

/**
 * Where each column of the file goes; the server has made its guess.
 * @param {{found: import("../../data/imports.js").Import, chosen: import("./chosen.js").Chosen | null}} props
 */
export function ColumnsStep({ found, chosen }) {
  const { columns = [], sample = [] } = found.options;
  const form = useForm({ fields: columns.map(({ field }) => field) }, async ({ fields }) => {
    const wrong = columnsWrong(columns, fields);
    if (wrong) {
      form.errors.value = { mapping: wrong };
      return;
    }
    const guessed = fields.every((field, i) => field === columns[i].field);
    if (guessed || !chosen) return go("/clients/import", { id: found.id, step: "check" });
    const next = { ...chosen, mapping: mappingOf(columns, fields) };
    const stillHere = here();
    const begun = await startImport({ ...next, dryRun: true });
    remember(begun.id, next);
    if (stillHere()) go("/clients/import", { id: begun.id, step: "check" });
  });
  const { fields } = form.values.value;
  const change = (at, field) => {
    form.set("fields", fields.map((other, i) => (i === at ? field : other)));
    form.errors.value = {};
  };
  return html`
    <${Form} form=${form} handled=${["mapping"]}>
      ${!chosen && html`<${FileGone} />`}
      <${ReadingCard} found=${found} chosen=${chosen} />
      <${LeftNote} found=${found} />
      <${Card} title=${t("import.columns.title")} right=${t("import.rows", { count: found.total })} flush>
        <ul class="columns">
          ${columns.map((column, i) => html`<${ColumnRow} key=${i} number=${i + 1} column=${column} field=${fields[i]} examples=${sample.map((row) => row[i]).filter(Boolean)} fixed=${!chosen} onChange=${(field) => change(i, field)} />`)}
        </ul>
        ${form.errors.value.mapping && html`<p class="inside error" role="alert">${form.errors.value.mapping}</p>`}
      <//>
      <div class="wizard-foot">
        <${Button} icon="arrow-left" href=${href("/clients/import", { file: found.id })}>${t("do.back")}<//><span class="push"></span>
        <${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("do.next")}<//>
      </div>
    <//>
  `;
}

function ColumnRow({ number: place, column: { header, field: guess, by }, field, examples, fixed, onChange }) {
  const id = useId();
  const own = useQuery(["clients", "attributes", me.value.id], ownAttributes);
  const kind = field.startsWith("attributes.") ? "attribute" : field;
  const suggested = guess.startsWith("attributes.") ? guess : `attributes.${header.trim().toLowerCase().replace(/[^\p{L}\p{N}_-]+/gu, "_") || `column_${place}`}`;
  return html`
    <li>
      <span class="who"><b id=${`${id}h`}>${header || t("import.column", { place })}</b><small class="clip">${examples.join(" · ") || "\u00a0"}</small>
        ${kind === "attribute" && html`<small class="clip faint"><code>${variable(field.slice(11))}</code></small>`}
        ${by === "content" && field === guess && html`<small class="faint">${t("import.by.content")}</small>`}</span>
      <${Select} aria-labelledby=${`${id}h`} disabled=${fixed} value=${kind} options=${offered(guess).map((value) => ({ value, title: t(`import.field.${value || "none"}`) }))} onChange=${(next) => onChange(next === "attribute" ? suggested : next)} />
      ${kind === "attribute" &&
      html`<input class="input" aria-label=${t("import.attribute", { column: header || place })} disabled=${fixed} list=${`${id}l`} maxlength="128" value=${field.slice(11)} onInput=${(event) => onChange(`attributes.${event.target.value.trim()}`)} />
        <datalist id=${`${id}l`}>${(own.data ?? []).map(({ name }) => html`<option key=${name} value=${name} />`)}</datalist>`}
    </li>
  `;
}

/** The kinds of columns to choose from, with the one that was guessed. @param {string} guess */
const offered = (guess) => (guess.startsWith("attributes.") || kinds.includes(guess) ? kinds : [guess, ...kinds]);

/** What a message has for a custom field. @param {string} name */
const variable = (name) => (usable.test(name) ? `{{ client.attributes.${name} }}` : `{{ client.attributes["${name}"] }}`);

/** @param {import("../../data/imports.js").Column[]} columns @param {string[]} fields */
function columnsWrong(columns, fields) {
  const emails = fields.filter((field) => field === "email").length;
  if (emails !== 1) return t(emails === 0 ? "import.columns.noEmail" : "import.columns.twoEmails");
  const names = fields.filter((field) => field.startsWith("attributes.")).map((field) => field.slice(11));
  const wrong = fields.find((field, i) => field.startsWith("attributes.") && field !== columns[i].field && !usable.test(field.slice(11)));
  if (wrong !== undefined) return t("import.columns.wrongName", { name: wrong.slice(11) });
  const twice = names.find((name, i) => names.indexOf(name) < i);
  return twice ? t("import.columns.twice", { name: twice }) : "";
}

/**
 * By place; by header where a header looks like a place. What the file itself calls a custom field stays with the server, which
 * takes more names than may be given here.
 * @param {import("../../data/imports.js").Column[]} columns @param {string[]} fields
 */
function mappingOf(columns, fields) {
  const headers = new Set(columns.map(({ header }) => header));
  const own = (field, i) => field === columns[i].field && columns[i].by !== "mapping" && field.startsWith("attributes.");
  return Object.fromEntries(fields.flatMap((field, i) => (own(field, i) ? [] : [[headers.has(String(i + 1)) ? columns[i].header : String(i + 1), field]])));
}
