import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { TextArea } from "./field.js";
import { Form, useForm } from "./form.js";
import { toast } from "./toast.js";

/**
 * A manager blocks a mailing or a user and says why; the owner reads the reason.
 * @param {{title: string, text?: string, onClose: () => void, onBlock: (reason: string) => Promise<unknown>}} props
 */
export function BlockDialog({ title, text = t("block.text"), onClose, onBlock }) {
  const form = useForm({ reason: "" }, async ({ reason }) => {
    await onBlock(reason.trim());
    toast(t("done.block"));
    onClose();
  });
  const acts = html`
    <${Button} onClick=${onClose}>${t("do.cancel")}<//>
    <${Button} kind="danger" type="submit" form="block" busy=${form.busy.value}>${t("do.block")}<//>
  `;
  return html`
    <${Dialog} title=${title} acts=${acts} onClose=${onClose}>
      <p class="muted">${text}</p>
      <${Form} id="block" form=${form}><${TextArea} form=${form} name="reason" label=${t("block.reason")} required maxlength="500" rows="3" autofocus /><//>
    <//>
  `;
}
