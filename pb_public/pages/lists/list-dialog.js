import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { saveList } from "../../data/lists.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { TextArea, TextField } from "../../parts/field.js";
import { Form, closing, useForm } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";

/**
 * Create a list or rename one.
 * @param {{list?: import("../../data/lists.js").List, onClose: () => void, onSaved?: (list: import("../../data/lists.js").List) => void}} props onSaved: what comes next says by itself that it was done
 */
export function ListDialog({ list, onClose, onSaved }) {
  const form = useForm({ name: list?.name ?? "", description: list?.description ?? "" }, async (values) => {
    const saved = await saveList({ id: list?.id, ...values });
    onClose();
    if (onSaved) onSaved(saved);
    else toast(t(list ? "list.changed" : "list.added"));
  });
  const close = closing(form, onClose);
  const acts = html`
    <${Button} onClick=${close}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="list" busy=${form.busy.value}>${t(list ? "do.save" : "do.create")}<//>
  `;
  return html`
    <${Dialog} title=${t(list ? "list.edit" : "list.new")} acts=${acts} onClose=${close}>
      <${Form} id="list" form=${form}>
        <${TextField} form=${form} name="name" label=${t("list.name")} required maxlength="100" autofocus />
        <${TextArea} form=${form} name="description" label=${t("list.description")} hint=${t("list.description.hint")} maxlength="500" rows="2" optional />
      <//>
    <//>
  `;
}
