import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Button } from "../../parts/button.js";

/** Back and on, at the foot of a step. @param {{back?: null | {href: string, onClick: (event: MouseEvent) => void}, busy: boolean}} props */
export function WizardFoot({ back, busy }) {
  return html`
    <div class="wizard-foot">
      ${back && html`<${Button} icon="arrow-left" ...${back}>${t("do.back")}<//>`}
      <span class="push"></span>
      <${Button} kind="primary" type="submit" busy=${busy}>${t("do.next")}<//>
    </div>
  `;
}
