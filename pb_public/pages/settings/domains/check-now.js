import { html, useState } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { checkDomain } from "../../../data/domains.js";
import { Button } from "../../../parts/button.js";
import { toast, toastTrouble } from "../../../parts/toast.js";

/** Asks the name servers of a domain. @param {{name: string}} props */
export function CheckNow({ name }) {
  const [busy, work] = useState(false);
  const check = async () => {
    work(true);
    try {
      const { changed } = await checkDomain(name);
      toast(t(changed ? "domains.changed" : "domains.checked.now"));
    } catch (error) {
      toastTrouble(error);
    } finally {
      work(false);
    }
  };
  return html`<${Button} kind="primary" icon="rotate-cw" busy=${busy} onClick=${check}>${t("domains.check")}<//>`;
}
