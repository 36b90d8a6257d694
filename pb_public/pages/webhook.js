import { html, useState } from "../html.js";
import { listed, t, when } from "../i18n/index.js";
import { asWritten } from "../data/idn.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { deleteWebhook, newSecret, readWebhook, saveWebhook, testWebhook } from "../data/webhooks.js";
import { go, href } from "../router.js";
import { ask } from "../parts/ask.js";
import { Button } from "../parts/button.js";
import { confirmDelete } from "../parts/delete.js";
import { Loaded } from "../parts/loaded.js";
import { Menu } from "../parts/menu.js";
import { Note } from "../parts/note.js";
import { OwnerName } from "../parts/owner.js";
import { Card, PageHead } from "../parts/page.js";
import { toast, toastTrouble } from "../parts/toast.js";
import { SecretDialog } from "./webhooks/secret-dialog.js";
import { WebhookBadge } from "./webhooks/webhook-badge.js";
import { WebhookDialog } from "./webhooks/webhook-dialog.js";
import { WebhookLog } from "./webhooks/webhook-log.js";

/** One webhook: how it does, what it was told, what it answered. @param {{id: string, query: {state?: string, before?: string}}} props */
export default function WebhookPage({ id, query }) {
  const webhook = useQuery(["webhook", id], (signal) => readWebhook(id, signal));
  const found = webhook.data;
  const own = found?.owner === me.value.id;
  const crumb = html`<a href=${href("/webhooks")}>${t("webhooks")}</a>`;
  return html`
    <${PageHead} title=${found ? asWritten(new URL(found.url).host) : t("webhook")} tab=${t("webhook")} crumb=${crumb} lead=${found && html`<span class="webhook-url">${found.url}</span>`}
      badge=${found && html`<${WebhookBadge} webhook=${found} />`} acts=${own && html`<${Acts} webhook=${found} />`} />
    <${Loaded} query=${webhook}>${(shown) => html`<${Shown} webhook=${shown} own=${own} />`}<//>
    <${WebhookLog} id=${id} own=${own} active=${found?.active ?? false} query=${query} />
  `;
}

/** @param {{webhook: import("../data/webhooks.js").Webhook, own: boolean}} props */
function Shown({ webhook, own }) {
  const { active, disabled_reason: reason, failing_since: failing, last_success_at: success, events, owner, expand, updated } = webhook;
  const note = !active && reason ? t(`webhook.why.${reason}`) : active && failing ? t("webhook.why.now", { since: when(failing) }) : "";
  const facts = [
    [t("webhook.events"), listed(events.map((kind) => t(`event.${kind}`)))],
    [t("webhook.lastSuccess"), success ? when(success) : t("webhook.never")],
    !own && [t("owner"), html`<${OwnerName} id=${owner} expand=${expand} />`],
    !active && [t("webhook.offSince"), when(updated)],
  ].filter(Boolean);
  return html`
    ${note && html`<${Note} tone=${active ? "warn" : "bad"} acts=${own && !active && html`<${Button} small onClick=${() => turn(webhook, true)}>${t("webhook.turnOn")}<//>`}>${note}<//>`}
    <${Card}><dl class="facts-list">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl><//>
  `;
}

async function turn({ id }, active) {
  try {
    await saveWebhook({ id, active });
    toast(t(active ? "webhook.turnedOn" : "webhook.turnedOff"));
  } catch (error) {
    toastTrouble(error);
  }
}

/** @param {{webhook: import("../data/webhooks.js").Webhook}} props */
function Acts({ webhook }) {
  const { id, url, active } = webhook;
  const [busy, setBusy] = useState(false);
  const [editing, edit] = useState(false);
  const [secret, show] = useState("");
  const test = async () => {
    setBusy(true);
    try {
      const answer = await testWebhook(id);
      toast(answer.ok ? t("webhook.test.ok", { status: answer.status }) : t("webhook.test.failed"), { tone: answer.ok ? "ok" : "bad" });
    } catch (error) {
      toastTrouble(error);
    }
    setBusy(false);
  };
  const rotate = async () => {
    if (!(await ask({ title: t("webhook.rotate.title"), text: t("webhook.rotate.text"), act: t("webhook.rotate.act") }))) return;
    try {
      show((await newSecret(id)).secret);
    } catch (error) {
      toastTrouble(error);
    }
  };
  const remove = async () => {
    if (await confirmDelete({ title: t("webhook.delete.title"), text: t("webhook.delete.text", { url }) }, () => deleteWebhook(id))) go("/webhooks");
  };
  const items = [
    { title: t("do.edit"), icon: "pencil", run: () => edit(true) },
    { title: t(active ? "webhook.turnOff" : "webhook.turnOn"), icon: active ? "pause" : "play", run: () => turn(webhook, !active) },
    { title: t("webhook.rotate"), icon: "rotate-cw", run: rotate },
    { title: t("do.delete"), icon: "trash", run: remove, grave: true, apart: true },
  ];
  return html`
    <${Button} icon="send" busy=${busy} onClick=${test}>${t("webhook.test")}<//>
    <${Menu} label=${t("do.more")} items=${items} opener=${(attributes) => html`<${Button} icon="ellipsis" label=${t("do.more")} ...${attributes} />`} />
    ${editing && html`<${WebhookDialog} webhook=${webhook} onClose=${() => edit(false)} />`}
    ${secret && html`<${SecretDialog} secret=${secret} text=${t("webhook.rotated.text")} onClose=${() => show("")} />`}
  `;
}
