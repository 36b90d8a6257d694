import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { startImport } from "../../data/imports.js";
import { go, here, href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { toastTrouble } from "../../parts/toast.js";
import { FileGone } from "./file-gone.js";
import { Outcome } from "./outcome.js";

/** What the import would do, before it does it. @param {{found: import("../../data/imports.js").Import, chosen: import("./chosen.js").Chosen | null}} props */
export function CheckStep({ found, chosen }) {
  const [busy, setBusy] = useState(false);
  const { id, added, changed, total, invalid } = found;
  const start = async () => {
    setBusy(true);
    const stillHere = here();
    try {
      const begun = await startImport({ ...chosen, dryRun: false });
      if (stillHere()) go("/clients/import", { id: begun.id, of: total }, { replace: true });
    } catch (error) {
      toastTrouble(error);
      setBusy(false);
    }
  };
  const something = total > invalid;
  return html`
    ${!chosen && html`<${FileGone} />`}
    <${Outcome} found=${found} />
    <div class="wizard-foot">
      <${Button} icon="arrow-left" href=${href("/clients/import", { id, step: "columns" })}>${t("do.back")}<//><span class="push"></span>
      ${chosen && html`<${Button} kind="primary" icon="upload" busy=${busy} disabled=${!something} onClick=${start}>${added + changed > 0 ? t("import.start", { count: added + changed }) : t("import.start.none")}<//>`}
    </div>
  `;
}
