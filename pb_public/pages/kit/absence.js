import { html } from "../../html.js";
import { Button } from "../../parts/button.js";
import { Empty } from "../../parts/empty.js";
import { Card } from "../../parts/page.js";
import { Skeleton } from "../../parts/skeleton.js";
import { TroubleNote, TroubleState } from "../../parts/trouble.js";
import { trouble } from "./samples.js";

/** What stands where data will be. @param {{look: string}} props */
export function Absence({ look }) {
  return html`
    <${Card} title="Skeleton" flush><${Skeleton} rows=${3} /><//>
    <section class="card" aria-label=${`Empty, ${look}`}><${Empty} icon="users" title="No clients yet" acts=${html`<${Button} kind="primary">Import<//>`}>What to do about it.<//></section>
    <section class="card" aria-label=${`Trouble, ${look}`}><${TroubleState} trouble=${trouble} retry=${() => {}} /></section>
    <${TroubleNote} trouble=${trouble} retry=${() => {}} />
  `;
}
