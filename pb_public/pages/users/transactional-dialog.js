import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { grantTransactional } from "../../data/transactional.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";

/** How many transactional e-mails a user may send a day. @param {{user: import("../../data/users.js").SeenUser, onClose: () => void}} props */
export function TransactionalDialog({ user: { id, name, email, transactional_quota: quota = 0 }, onClose }) {
  const form = useForm({ transactional_quota: String(quota) }, async ({ transactional_quota: granted }) => {
    await grantTransactional(id, Number(granted));
    toast(t("user.transactional.saved"));
    onClose();
  });
  const acts = html`
    <${Button} onClick=${onClose}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="transactional" busy=${form.busy.value}>${t("do.save")}<//>
  `;
  return html`
    <${Dialog} title=${t("user.transactional.of", { name: name || email })} acts=${acts} onClose=${onClose}>
      <p class="muted">${t("user.transactional.text")}</p>
      <${Form} id="transactional" form=${form}><${TextField} form=${form} name="transactional_quota" label=${t("user.transactional")} hint=${t("user.transactional.hint")} type="number" inputmode="numeric" required min="0" max="1000000" step="1" autofocus /><//>
    <//>
  `;
}
