import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Button } from "../../parts/button.js";
import { Copy } from "../../parts/copy.js";
import { Dialog } from "../../parts/dialog.js";
import { Field } from "../../parts/field.js";

/** Shows a new secret once. @param {{secret: string, text?: unknown, onClose: () => void}} props */
export function SecretDialog({ secret, text = t("webhook.secret.text"), onClose }) {
  const acts = html`<${Button} kind="primary" onClick=${onClose}>${t("do.close")}<//>`;
  return html`
    <${Dialog} title=${t("webhook.secret.title")} acts=${acts} onClose=${onClose}>
      <p>${text}</p>
      <${Field} label=${t("webhook.secret")} aside=${html`<${Copy} text=${secret} />`}>
        ${(attributes) => html`<input class="input token-secret" ...${attributes} readonly value=${secret} onFocus=${(event) => event.target.select()} />`}
      <//>
    <//>
  `;
}
