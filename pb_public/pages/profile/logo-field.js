import { html, useRef, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { logoOf, saveBrand } from "../../data/brand.js";
import { Button } from "../../parts/button.js";
import { toast, toastTrouble } from "../../parts/toast.js";

/** What the server takes, in bytes. */
const largest = 1 << 20;

/** The logo, saved at once. @param {{brand: import("../../data/brand.js").Brand | null}} props */
export function LogoField({ brand }) {
  const [busy, setBusy] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const save = async (logo, done) => {
    setBusy(true);
    try {
      await saveBrand(brand?.id ?? "", { logo });
      toast(done);
    } catch (error) {
      toastTrouble(error);
    }
    setBusy(false);
  };
  const chosen = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    if (file.size > largest) toast(t("brand.logo.large"), { tone: "bad" });
    else await save(file, t("brand.logo.saved"));
  };
  return html`
    <div class="row">
      ${brand?.logo && html`<img class="brand-logo" src=${logoOf(brand)} alt=${t("brand.logo")} />`}
      <div class="stack tight">
        <div class="row">
          <input class="unseen" type="file" accept="image/png,image/jpeg,image/webp,image/gif" tabindex="-1" aria-label=${t("brand.logo.choose")} ref=${input} onChange=${chosen} />
          <${Button} small icon="upload" busy=${busy} onClick=${() => input.current.click()}>${t("brand.logo.choose")}<//>
          ${brand?.logo && html`<${Button} small kind="quiet" icon="x" onClick=${() => save(null, t("brand.logo.removed"))}>${t("avatar.remove")}<//>`}
        </div>
        <p class="faint">${t("brand.logo.hint")}</p>
      </div>
    </div>
  `;
}
