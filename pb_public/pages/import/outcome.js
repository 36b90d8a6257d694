import { html } from "../../html.js";
import { known, number, t } from "../../i18n/index.js";
import { saveReport } from "../../data/imports.js";
import { Button } from "../../parts/button.js";
import { Figures } from "../../parts/figures.js";
import { Note } from "../../parts/note.js";
import { Card } from "../../parts/page.js";
import { Table } from "../../parts/table.js";
import { toastTrouble } from "../../parts/toast.js";

/** What became of the rows of a file, or would become of them. @param {{found: import("../../data/imports.js").Import}} props */
export function Outcome({ found }) {
  const { dry_run: dryRun, total, added, changed, unchanged, invalid, suppressed, problems = [] } = found;
  const already = suppressed - Object.values(found.options.left ?? {}).reduce((sum, count) => sum + count, 0);
  const words = (key) => t(dryRun ? `import.would.${key}` : `import.did.${key}`);
  return html`
    <${Figures} items=${[
      { label: t("import.total"), value: number(total) },
      { label: words("added"), value: number(added) },
      { label: words("changed"), value: number(changed) },
      { label: t("import.unchanged"), value: number(unchanged) },
      { label: words("invalid"), value: number(invalid) },
    ]} />
    <${LeftNote} found=${found} />
    ${already > 0 && html`<${Note} tone="warn">${t("import.suppressed", { count: already })}<//>`}
    ${problems.length > 0 && html`<${Problems} found=${found} />`}
  `;
}

/** Who has left where the file comes from, and which lists it makes. @param {{found: import("../../data/imports.js").Import}} props */
export function LeftNote({ found: { options } }) {
  const reasons = Object.entries(options.left ?? {}).map(([reason, count]) => `${t(`import.left.${reason}`)}: ${number(count)}`);
  return html`
    ${reasons.length > 0 && html`<${Note} tone="warn"><b>${t("import.left")}</b> <p>${first(reasons.join(", "))}.</p><p>${t("import.left.text")} ${options.left.unconfirmed > 0 && t("import.left.agreed")}</p><//>`}
    ${options.new_lists?.length > 0 && html`<${Note}>${t("import.newLists", { names: options.new_lists.join(", ") })}<//>`}
  `;
}

/** A sentence begins with a capital. @param {string} words */
const first = (words) => words.charAt(0).toLocaleUpperCase() + words.slice(1);

function Problems({ found }) {
  const report = () => saveReport(found, `${t("import.report.file")} ${found.file_name.replace(/\.\w+$/, "")}.csv`).catch(toastTrouble);
  const columns = [
    { title: t("import.line"), figures: false, phone: "side", look: "num nowrap", cell: ({ line }) => html`<span class="faint">${t("import.lineNo", { line: String(line) })}</span>` },
    { title: t("import.value"), phone: "head", look: "said", cell: ({ value }) => value || "—" },
    { title: t("import.problem"), cell: ({ code, detail }) => (known(`import.problem.${code}`) ? t(`import.problem.${code}`) : detail) },
  ];
  return html`
    <${Card} title=${t("import.problems")} right=${found.report && html`<${Button} small icon="download" onClick=${report}>${t("import.report")}<//>`} flush>
      <${Table} label=${t("import.problems")} columns=${columns} rows=${found.problems.map((problem, i) => ({ ...problem, id: String(i) }))} />
      ${found.report && found.problems.length >= 100 && html`<p class="inside muted">${t("import.problems.more")}</p>`}
    <//>
  `;
}
