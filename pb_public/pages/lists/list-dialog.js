import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { readList, saveList } from "../../data/lists.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { CheckField, TextArea, TextField } from "../../parts/field.js";
import { Form, closing, useForm } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";

/**
 * Create a list or rename one.
 * @param {{list?: import("../../data/lists.js").List, onClose: () => void, onSaved?: (list: import("../../data/lists.js").List) => void}} props onSaved: what comes next says by itself that it was done
 */
export function ListDialog({ list, onClose, onSaved }) {
  const form = useForm(startOf(list), async (values) => {
    const saved = await saveList({ id: list?.id, ...values }, form.version);
    onClose();
    if (onSaved) onSaved(saved);
    else toast(t(list ? "list.changed" : "list.added"));
  }, {
    version: list?.updated ?? "",
    reread: async () => {
      const found = await readList(list.id);
      return { version: found.updated, values: startOf(found) };
    },
    fields: { name: { label: t("list.name") }, description: { label: t("list.description") }, public: { label: t("list.public") }, double_opt_in: { label: t("list.doubleOptIn") } },
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
        <${CheckField} form=${form} name="public" label=${t("list.public")} hint=${t("list.public.hint")} />
        <${CheckField} form=${form} name="double_opt_in" label=${t("list.doubleOptIn")} hint=${t("list.doubleOptIn.hint")} />
      <//>
    <//>
  `;
}

/** What the form begins with. @param {import("../../data/lists.js").List} [list] */
const startOf = (list) => ({ name: list?.name ?? "", description: list?.description ?? "", public: list?.public ?? false, double_opt_in: list?.double_opt_in ?? false });
