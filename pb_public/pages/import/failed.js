import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { Note } from "../../parts/note.js";

/** The file could not be read to its end. @param {{found: import("../../data/imports.js").Import}} props */
export function Failed({ found: { file_name: name, error, dry_run: dryRun } }) {
  return html`
    <${Note} tone="bad" live acts=${html`<${Button} href=${href("/clients/import")}>${t("import.again")}<//>`}>
      <b>${t("import.failed", { name })}</b> ${dryRun ? t("import.failed.dry") : t("import.failed.text")}
      ${error && html`<details class="detail"><summary>${t("trouble.detail")}</summary><p class="said">${error}</p></details>`}
    <//>
  `;
}
