import { html } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { providers, saveWay } from "../../../data/intake.js";
import { Button } from "../../../parts/button.js";
import { Dialog } from "../../../parts/dialog.js";
import { CheckField, SelectField, TextArea, TextField } from "../../../parts/field.js";
import { Form, closing, useForm } from "../../../parts/form.js";
import { toast } from "../../../parts/toast.js";

/** Make a webhook or change it. @param {{hook?: import("../../../data/intake.js").Hook, onClose: () => void}} props */
export function HookDialog({ hook, onClose }) {
  const form = useForm({ provider: hook?.provider ?? "mailgun", secret: "", topic: hook?.topic ?? "", active: hook?.active ?? true }, async (values) => {
    const ses = values.provider === "ses";
    await saveWay("bounce_hooks", { id: hook?.id, ...values, secret: ses ? "" : values.secret, topic: ses ? values.topic : "" }, hook?.updated);
    onClose();
    toast(t("way.saved"));
  });
  const { provider } = form.values.value;
  const close = closing(form, onClose);
  const acts = html`
    <${Button} onClick=${close}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="hook" busy=${form.busy.value}>${t(hook ? "do.save" : "do.create")}<//>
  `;
  return html`
    <${Dialog} title=${t(hook ? "hook.edit" : "hook.new")} acts=${acts} onClose=${close}>
      <${Form} id="hook" form=${form}>
        <${SelectField} form=${form} name="provider" label=${t("hook.provider")} options=${providers.map((value) => ({ value, title: t(`provider.${value}`) }))} autofocus />
        ${provider === "ses"
          ? html`<${TextField} form=${form} name="topic" label=${t("hook.topic")} hint=${t("hook.topic.hint")} required maxlength="500" spellcheck="false" />`
          : html`<${TextArea} form=${form} name="secret" label=${t("hook.secret")} hint=${html`${t(`hook.secret.${provider}`)} ${hook && t("way.kept")}`} required=${!hook} rows="2" maxlength="4000" spellcheck="false" autocomplete="off" />`}
        <${CheckField} form=${form} name="active" label=${t("hook.active")} />
      <//>
    <//>
  `;
}
