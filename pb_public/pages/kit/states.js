import { html } from "../../html.js";
import { statuses } from "../../data/mailings.js";
import { href } from "../../router.js";
import { Badge, ClientBadge, MailingBadge, RecipientBadge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { Checks } from "../../parts/checks.js";
import { Note } from "../../parts/note.js";
import { Card } from "../../parts/page.js";
import { Stepper } from "../../parts/stepper.js";
import { checks } from "./samples.js";

const words = { info: "Something to know.", ok: "It is done.", warn: "Look at this first.", bad: "This did not work." };

/** How things stand. @param {{look: string}} props */
export function States({ look }) {
  return html`
    <${Card} title="Badges">
      <div class="row">${["idle", "run", "ok", "warn", "bad"].map((tone) => html`<${Badge} key=${tone} tone=${tone}>${tone}<//>`)}</div>
      <div class="row">${statuses.map((status) => html`<${MailingBadge} key=${status} mailing=${{ status }} />`)}<${MailingBadge} mailing=${{ blocked: true }} /></div>
      <div class="row">${["pending", "sending", "sent", "bounced", "failed", "deferred", "uncertain", "skipped"].map((state) => html`<${RecipientBadge} key=${state} recipient=${{ state }} />`)}<${RecipientBadge} recipient=${{ state: "sent", reason: "complained" }} /></div>
      <div class="row">${["active", "unsubscribed", "bounced", "complained"].map((status) => html`<${ClientBadge} key=${status} status=${status} />`)}</div>
    <//>
    ${Object.entries(words).map(([tone, title]) => html`<${Note} key=${tone} tone=${tone} acts=${html`<${Button} small>Act<//>`}><b>${title}</b> And what follows from it.<//>`)}
    <${Stepper} label=${`Steps, ${look}`} current="two" steps=${[{ key: "one", title: "Message", done: true, href: href("/kit") }, { key: "two", title: "Audience" }, { key: "three", title: "When" }]} />
    <${Card} title="Findings" flush><${Checks} checks=${checks} mendAt=${(code) => (code === "suppressed" ? undefined : href("/kit"))} /><//>
  `;
}
