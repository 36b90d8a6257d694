import { html } from "../../html.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { Card } from "../../parts/page.js";

/** Every kind of button in every state. */
export function Buttons() {
  return html`
    <${Card} title="Kinds">
      <div class="row"><${Button} kind="primary" icon="send">Primary<//><${Button} icon="copy">Plain<//><${Button} kind="quiet" icon="eye">Quiet<//><${Button} kind="danger" icon="trash">Danger<//><${Button} href=${href("/kit")}>Link<//></div>
      <div class="row"><${Button} small icon="rotate-cw">Small<//><${Button} small kind="quiet" icon="braces">Small and quiet<//><${Button} icon="ellipsis" label="Alone" /><${Button} kind="quiet" small icon="x" label="Alone, small" /></div>
    <//>
    <${Card} title="States">
      <div class="row"><span class="kit-label">focus</span><span class="kit-focus"><${Button} kind="primary">Primary<//></span><span class="kit-focus"><${Button}>Plain<//></span><span class="kit-focus"><${Button} kind="quiet">Quiet<//></span></div>
      <div class="row"><span class="kit-label">busy</span><${Button} kind="primary" busy>Primary<//><${Button} busy>Plain<//><${Button} kind="danger" busy>Danger<//></div>
      <div class="row"><span class="kit-label">disabled</span><${Button} kind="primary" disabled>Primary<//><${Button} disabled>Plain<//><${Button} kind="quiet" disabled>Quiet<//><${Button} kind="danger" disabled>Danger<//></div>
    <//>
  `;
}
