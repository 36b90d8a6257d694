import { html, useState } from "../../html.js";
import { href } from "../../router.js";
import { ask } from "../../parts/ask.js";
import { Button, Icon } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { Menu } from "../../parts/menu.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";

const items = [
  { title: "Edit", icon: "pencil", note: "E", run: () => toast("Edited", { undo: { title: "Undo", run: () => toast("Undone") } }) },
  { title: "Choice in force", checked: true, run: () => {} },
  { title: "Go home", icon: "house", href: href("/") },
  { title: "Delete", icon: "trash", grave: true, apart: true, run: () => toast("It could not be deleted", { tone: "bad" }) },
];

/** What appears above the page: to be opened, and as it looks. */
export function Overlays() {
  const [open, setOpen] = useState("");
  const close = () => setOpen("");
  const acts = html`<${Button} onClick=${close}>Cancel<//><${Button} kind="primary" onClick=${close}>Do it<//>`;
  return html`
    <${Card} title="To be opened">
      <div class="row">
        <${Button} onClick=${() => setOpen("narrow")}>Dialog<//>
        <${Button} onClick=${() => setOpen("wide")}>Wide dialog<//>
        <${Button} onClick=${() => ask({ title: "Delete “Autumn menu”?", text: "This cannot be undone.", act: "Delete", grave: true })}>Question<//>
        <${Button} onClick=${() => toast("Saved")}>Toast<//>
        <${Button} onClick=${() => toast("The server does not answer. Try again in a minute.", { tone: "bad" })}>Bad toast<//>
        <${Menu} label="Menu" head="What it is about" items=${items} opener=${(attributes) => html`<${Button} icon="chevron-down" ...${attributes}>Menu<//>`} />
      </div>
      ${open && html`<${Dialog} title="Dialog" size=${open} onClose=${close} acts=${acts}><p class="muted">On a phone this is a sheet from below.</p><//>`}
    <//>
    <div class="kit-shown">
      <div class="kit-dialog"><header><h2>Delete “Autumn menu”?</h2><${Icon} name="x" /></header><p class="muted">This cannot be undone.</p><footer><${Button}>Cancel<//><${Button} kind="danger">Delete<//></footer></div>
      <div class="kit-menu menu" aria-label="A menu as it looks">
        <div class="menu-head">What it is about</div>
        <span class="item"><${Icon} name="pencil" /><span class="title">Edit</span><small class="push faint">E</small></span>
        <span class="item"><${Icon} name="check" /><span class="title">Choice in force</span></span>
        <span class="item grave apart"><${Icon} name="trash" /><span class="title">Delete</span></span>
      </div>
    </div>
  `;
}
