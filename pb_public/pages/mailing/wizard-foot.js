import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Button } from "../../parts/button.js";

/**
 * Back and on, at the foot of a step. What is scheduled already goes out as it is saved, so the button says that it saves.
 * @param {{mailing: {status: string}, back?: null | {href: string, onClick: (event: MouseEvent) => void}, busy: boolean}} props
 */
export function WizardFoot({ mailing, back, busy }) {
  return html`
    <div class="wizard-foot">
      ${back && html`<${Button} icon="arrow-left" ...${back}>${t("do.back")}<//>`}
      <span class="push"></span>
      <${Button} kind="primary" type="submit" busy=${busy}>${t(mailing.status === "scheduled" ? "do.saveNext" : "do.next")}<//>
    </div>
  `;
}
