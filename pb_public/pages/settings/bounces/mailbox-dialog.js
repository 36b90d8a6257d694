import { html } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { saveWay } from "../../../data/intake.js";
import { Button } from "../../../parts/button.js";
import { Dialog } from "../../../parts/dialog.js";
import { CheckField, PasswordField, SelectField, TextField } from "../../../parts/field.js";
import { Form, closing, useForm } from "../../../parts/form.js";
import { toast } from "../../../parts/toast.js";
import { NumberField } from "../number-field.js";

const choices = (group, ...values) => values.map((value) => ({ value, title: t(`${group}.${value}`) }));

/** Make a mailbox or change it. @param {{mailbox?: import("../../../data/intake.js").Mailbox, onClose: () => void}} props */
export function MailboxDialog({ mailbox, onClose }) {
  const form = useForm({
    name: mailbox?.name ?? "", kind: mailbox?.kind ?? "imap", host: mailbox?.host ?? "", port: mailbox?.port ? String(mailbox.port) : "", tls: mailbox?.tls || "implicit",
    username: mailbox?.username ?? "", password: "", folder: mailbox?.folder ?? "", delete_after_days: mailbox?.delete_after_days ?? "", active: mailbox?.active ?? true,
  }, async (values) => {
    await saveWay("mailboxes", { id: mailbox?.id, ...values, port: Number(values.port) || 0, folder: values.kind === "imap" ? values.folder : "" }, mailbox?.updated);
    onClose();
    toast(t("way.saved"));
  });
  const { kind } = form.values.value;
  const close = closing(form, onClose);
  const acts = html`
    <${Button} onClick=${close}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="mailbox" busy=${form.busy.value}>${t(mailbox ? "do.save" : "do.create")}<//>
  `;
  return html`
    <${Dialog} title=${mailbox?.name ?? t("mailbox.new")} acts=${acts} onClose=${close}>
      <${Form} id="mailbox" form=${form}>
        <${TextField} form=${form} name="name" label=${t("mailbox.name")} required maxlength="100" autofocus />
        <div class="even">
          <${SelectField} form=${form} name="kind" label=${t("mailbox.kind")} options=${choices("mailbox.kind", "imap", "pop3")} />
          <${SelectField} form=${form} name="tls" label=${t("mailbox.tls")} options=${choices("mailbox.tls", "implicit", "starttls", "none")} />
        </div>
        <div class="even">
          <${TextField} form=${form} name="host" label=${t("mailbox.host")} required maxlength="255" placeholder="imap.example.org" autocomplete="off" spellcheck="false" />
          <${NumberField} form=${form} name="port" label=${t("mailbox.port")} hint=${t("mailbox.port.hint")} min="1" max="65535" />
        </div>
        <${TextField} form=${form} name="username" label=${t("mailbox.username")} required maxlength="255" autocomplete="off" spellcheck="false" />
        <${PasswordField} form=${form} name="password" label=${t("auth.password")} hint=${mailbox && t("way.kept")} required=${!mailbox} maxlength="1000" autocomplete="new-password" />
        ${kind === "imap" && html`<${TextField} form=${form} name="folder" label=${t("mailbox.folder")} hint=${t("mailbox.folder.hint")} maxlength="255" optional />`}
        <${NumberField} form=${form} name="delete_after_days" label=${t("mailbox.days")} unit=${t("mailbox.days.unit")} hint=${t("mailbox.days.hint")} max="3650" />
        <${CheckField} form=${form} name="active" label=${t("mailbox.active")} hint=${t("mailbox.active.hint")} />
      <//>
    <//>
  `;
}
