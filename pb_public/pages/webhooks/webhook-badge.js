import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Badge } from "../../parts/badge.js";

/** How a webhook does. @param {{webhook: import("../../data/webhooks.js").Webhook}} props */
export function WebhookBadge({ webhook: { active, disabled_reason: reason, failing_since: failing } }) {
  if (!active) return html`<${Badge} tone=${reason ? "bad" : "idle"}>${t(reason ? "webhook.disabled" : "webhook.off")}<//>`;
  return failing ? html`<${Badge} tone="warn">${t("webhook.failing")}<//>` : html`<${Badge} tone="ok">${t("webhook.on")}<//>`;
}
