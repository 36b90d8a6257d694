import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { isOver, undoImport } from "../../data/imports.js";
import { me } from "../../data/session.js";
import { href, place } from "../../router.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { Note } from "../../parts/note.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { Failed } from "./failed.js";
import { Outcome } from "./outcome.js";
import { Reading } from "./reading.js";

/** How far the import is, and what it has done; it can be taken back. @param {{found: import("../../data/imports.js").Import}} props */
export function ResultStep({ found }) {
  const { id, owner, status, list, added, changed, options } = found;
  if (!isOver(found)) return html`<${Reading} found=${found} expected=${Number(place.value.query.of) || 0} />`;
  const undo = async () => {
    if (!(await ask({ title: t("import.undo.title"), text: t("import.undo.text"), act: t("import.undo"), stay: t("import.undo.stay"), grave: true }))) return;
    try {
      await undoImport(id);
      toast(t("import.undone"));
    } catch (error) {
      toastTrouble(error);
    }
  };
  const clients = html`<${Button} kind="primary" href=${href("/clients", { list })}>${t("import.look")}<//>`;
  const { removed = 0, restored = 0, kept = 0 } = options.undone ?? {};
  return html`
    ${status === "failed" && html`<${Failed} found=${found} />`}
    ${status === "completed" && html`<${Note} tone="ok" live acts=${clients}><b>${t("import.done")}</b> ${t("import.done.text", { count: added })}<//>`}
    ${status === "undone" && html`<${Note}><b>${t("import.undone")}.</b> ${t("import.undone.text", { removed, restored, kept })}<//>`}
    <${Outcome} found=${found} />
    <div class="wizard-foot">
      <${Button} icon="upload" href=${href("/clients/import")}>${t("import.another")}<//><span class="push"></span>
      ${owner === me.value.id && status !== "undone" && added + changed > 0 && html`<${Button} icon="undo-2" onClick=${undo}>${t("import.undo")}<//>`}
    </div>
  `;
}
