import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Button } from "../../parts/button.js";

/** The ways out of a step. @param {{form?: any, skip: () => void, act?: string}} props */
export function Onward({ form, skip, act = t("setup.save") }) {
  return html`
    <div class="row">
      ${form && html`<${Button} kind="primary" type="submit" busy=${form.busy.value}>${act}<//>`}
      <${Button} kind="quiet" onClick=${skip}>${t("setup.skip")}<//>
    </div>
  `;
}
