import { html } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { addDomain } from "../../../data/domains.js";
import { go, href } from "../../../router.js";
import { Button } from "../../../parts/button.js";
import { Dialog } from "../../../parts/dialog.js";
import { TextField } from "../../../parts/field.js";
import { Form, closing, useForm } from "../../../parts/form.js";

/** Adds a domain, and shows its records. @param {{onClose: () => void}} props */
export function AddDomain({ onClose }) {
  const form = useForm({ name: "" }, async ({ name }) => {
    const made = await addDomain(name);
    onClose();
    go(`/settings/domains/${made.name}`);
  });
  const close = closing(form, onClose);
  const acts = html`
    <${Button} onClick=${close}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="domain" busy=${form.busy.value}>${t("domains.add")}<//>
  `;
  return html`
    <${Dialog} title=${t("domains.add")} acts=${acts} onClose=${close}>
      <${Form} id="domain" form=${form}>
        <${TextField} form=${form} name="name" label=${t("domains.name")} hint=${t("domains.name.hint")} placeholder="example.org" required maxlength="253" autocapitalize="none" spellcheck=${false} autofocus />
      <//>
    <//>
  `;
}
