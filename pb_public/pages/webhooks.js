import { html, useState } from "../html.js";
import { t, when } from "../i18n/index.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { webhooksOf } from "../data/webhooks.js";
import { href, refine } from "../router.js";
import { Button } from "../parts/button.js";
import { ListPage } from "../parts/list-page.js";
import { OwnerFilter, ownerColumn } from "../parts/owner.js";
import { Table } from "../parts/table.js";
import { WebhookBadge } from "./webhooks/webhook-badge.js";
import { WebhookDialog } from "./webhooks/webhook-dialog.js";

/** Addresses that are called when something happens. @param {{query: {owner?: string}}} props */
export default function WebhooksPage({ query: { owner = "" } }) {
  const webhooks = useQuery(["webhooks", me.value.id, owner], (signal) => webhooksOf(owner, signal));
  const [making, make] = useState(false);
  const create = html`<${Button} kind="primary" icon="plus" onClick=${() => make(true)}>${t("webhooks.new")}<//>`;
  return html`
    <${ListPage} title=${t("webhooks")} lead=${t("webhooks.lead")} crumb=${html`<a href=${href("/profile")}>${t("nav.profile")}</a>`} acts=${create}
      tools=${html`<${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value })} />`} query=${webhooks}
      none=${{ icon: "link", title: t("webhooks.none"), text: t("webhooks.none.text"), acts: create }}
      after=${making && html`<${WebhookDialog} onClose=${() => make(false)} />`}>
      ${(rows) => html`<${Rows} webhooks=${rows} />`}
    <//>
  `;
}

function Rows({ webhooks }) {
  const columns = [
    { title: t("webhook.url"), phone: "head", cell: ({ url }) => html`<span class="strong webhook-url">${url}</span>` },
    { title: t("webhook.state"), phone: "side", cell: (webhook) => html`<${WebhookBadge} webhook=${webhook} />` },
    { title: t("webhook.events"), look: "muted wraps", cell: ({ events }) => t("webhook.events.count", { count: events.length }) },
    ...ownerColumn(),
    { title: t("webhook.lastSuccess"), figures: true, cell: ({ last_success_at: at }) => html`<span class="faint"><span class="phone-only">${t("webhook.lastSuccess")}: </span>${at ? when(at) : t("webhook.never")}</span>` },
  ];
  return html`<${Table} label=${t("webhooks")} columns=${columns} rows=${webhooks} href=${({ id }) => href(`/webhooks/${id}`)} />`;
}
