import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { eventGroups, readWebhook, saveWebhook } from "../../data/webhooks.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { Check, TextField } from "../../parts/field.js";
import { Form, closing, useForm } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";
import { SecretDialog } from "./secret-dialog.js";

/**
 * Adds a webhook, and shows its secret once; or changes one.
 * @param {{webhook?: import("../../data/webhooks.js").Webhook, onClose: () => void}} props
 */
export function WebhookDialog({ webhook, onClose }) {
  const [secret, show] = useState("");
  const form = useForm(startOf(webhook), async (values) => {
    const saved = await saveWebhook({ id: webhook?.id, ...values }, form.version);
    if (!webhook && saved.secret) return show(saved.secret);
    onClose();
    toast(t("webhook.saved"));
  }, {
    version: webhook?.updated ?? "",
    reread: async () => {
      const found = await readWebhook(webhook.id);
      return { version: found.updated, values: startOf(found) };
    },
    fields: { url: { label: t("webhook.url") }, events: { label: t("webhook.events"), show: (events) => events.map((kind) => t(`event.${kind}`)).join(", ") } },
  });
  if (secret) return html`<${SecretDialog} secret=${secret} onClose=${onClose} />`;
  const close = closing(form, onClose);
  const acts = html`
    <${Button} onClick=${close}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="webhook" busy=${form.busy.value}>${t(webhook ? "do.save" : "do.create")}<//>
  `;
  return html`
    <${Dialog} title=${t(webhook ? "webhook.edit" : "webhooks.new")} acts=${acts} onClose=${close}>
      <${Form} id="webhook" form=${form}>
        <${TextField} form=${form} name="url" label=${t("webhook.url")} hint=${t(webhook ? "webhook.url.kept" : "webhook.url.hint")} inputmode="url" autocapitalize="off" spellcheck=${false} required maxlength="2000" autofocus />
        <${Events} form=${form} />
      <//>
    <//>
  `;
}

/** What the form begins with. @param {import("../../data/webhooks.js").Webhook} [webhook] */
const startOf = (webhook) => ({ url: webhook?.url ?? "https://", events: webhook?.events ?? eventGroups.flat().filter((kind) => !kind.startsWith("transactional.")) });

function Events({ form }) {
  const chosen = form.values.value.events;
  const choose = (kind, on) => form.set("events", eventGroups.flat().filter((one) => (one === kind ? on : chosen.includes(one))));
  return html`
    <fieldset class="stack">
      <legend class="legend-name">${t("webhook.events")}</legend>
      ${eventGroups.map((kinds) => html`
        <div class="stack tight" key=${kinds[0]}>
          ${kinds.map((kind) => html`<${Check} key=${kind} name=${kind} label=${t(`event.${kind}`)} checked=${chosen.includes(kind)} onChange=${(on) => choose(kind, on)} />`)}
        </div>
      `)}
      ${form.errors.value.events && html`<p class="error" role="alert">${form.errors.value.events}</p>`}
    </fieldset>
  `;
}
