import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { isOver, useImport } from "../data/imports.js";
import { href } from "../router.js";
import { Loaded } from "../parts/loaded.js";
import { PageHead } from "../parts/page.js";
import { Stepper } from "../parts/stepper.js";
import { chosenFor } from "./import/chosen.js";
import { CheckStep } from "./import/check-step.js";
import { ColumnsStep } from "./import/columns-step.js";
import { Failed } from "./import/failed.js";
import { FileStep } from "./import/file-step.js";
import { Reading } from "./import/reading.js";
import { ResultStep } from "./import/result-step.js";

const steps = ["file", "columns", "check", "result"];

/**
 * File → columns → check → import. Each step after the first is about an import that the server knows, named in
 * the address. The first step begins anew, or with what an import was begun with: file=ID.
 * @param {{query: {id?: string, step?: string, file?: string}}} props
 */
export default function ImportPage({ query: { id = "", step = "", file = "" } }) {
  return html`${id ? html`<${Begun} key=${id} id=${id} step=${step} />` : html`<${Frame} current="file"><${FileStep} key=${file} chosen=${chosenFor(file)} /><//>`}`;
}

function Frame({ current, id = "", dryRun = false, children }) {
  const at = steps.indexOf(current);
  const address = (key) => (key === "file" ? href("/clients/import", { file: id }) : dryRun ? href("/clients/import", { id, step: key }) : undefined);
  return html`
    <${PageHead} title=${t("import.title")} crumb=${html`<a href=${href("/clients")}>${t("nav.clients")}</a>`} />
    <${Stepper} current=${current} steps=${steps.map((key, i) => ({ key, title: t(`import.step.${key}`), done: i < at, href: i < at ? address(key) : undefined }))} />
    ${children}
  `;
}

function Begun({ id, step }) {
  const found = useImport(id);
  const record = found.data;
  const current = !record ? (step === "check" ? "check" : "columns") : record.dry_run ? (step === "check" ? "check" : "columns") : "result";
  const chosen = chosenFor(id);
  return html`
    <${Frame} current=${current} id=${id} dryRun=${record?.dry_run}>
      <${Loaded} query=${found}>
        ${(shown) => {
          if (shown.dry_run && !isOver(shown)) return html`<${Reading} found=${shown} />`;
          if (shown.dry_run && shown.status === "failed") return html`<${Failed} found=${shown} />`;
          if (current === "columns") return html`<${ColumnsStep} found=${shown} chosen=${chosen} />`;
          if (current === "check") return html`<${CheckStep} found=${shown} chosen=${chosen} />`;
          return html`<${ResultStep} found=${shown} />`;
        }}
      <//>
    <//>
  `;
}
