import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { suppress } from "../../data/suppressions.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { SelectField, TextArea, TextField } from "../../parts/field.js";
import { Form, closing, useForm } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";

const reasons = ["manual", "unsubscribed", "complained", "bounced"];

/** Put an address or a whole domain on the stop list. @param {{value?: string, onClose: () => void}} props */
export function SuppressDialog({ value: given = "", onClose }) {
  const form = useForm({ value: given, reason: "manual", note: "" }, async ({ value, ...rest }) => {
    const typed = value.trim();
    await suppress({ ...rest, value: typed, kind: isDomain(typed) ? "domain" : "address" });
    toast(t("suppression.added", { value: typed.replace(/^@/, "") }));
    onClose();
  });
  const { value } = form.values.value;
  const close = closing(form, onClose);
  const acts = html`
    <${Button} onClick=${close}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="suppression" busy=${form.busy.value}>${t("suppression.add.act")}<//>
  `;
  return html`
    <${Dialog} title=${t("suppression.add")} acts=${acts} onClose=${close}>
      <${Form} id="suppression" form=${form}>
        <${TextField} form=${form} name="value" label=${t("suppression.value")} hint=${value.trim() && isDomain(value.trim()) ? t("suppression.value.domain") : t("suppression.value.hint")} required maxlength="320" autocomplete="off" autofocus />
        <${SelectField} form=${form} name="reason" label=${t("suppression.reason")} options=${reasons.map((one) => ({ value: one, title: t(`suppression.reason.${one}`) }))} />
        <${TextArea} form=${form} name="note" label=${t("suppression.note")} maxlength="1000" rows="2" optional />
      <//>
    <//>
  `;
}

/** "@example.com" and "example.com" mean everybody there. */
const isDomain = (typed) => typed.lastIndexOf("@") <= 0;
