import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { Note } from "../../parts/note.js";

/** The page was loaded anew, and with it went the file that had been chosen. */
export function FileGone() {
  return html`<${Note} tone="warn" acts=${html`<${Button} href=${href("/clients/import")}>${t("import.file.again")}<//>`}>${t("import.file.gone")}<//>`;
}
