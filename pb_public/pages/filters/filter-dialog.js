import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { isUnfinished, readFilter, saveFilter } from "../../data/filters.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { TextField } from "../../parts/field.js";
import { FilterEditor } from "../../parts/filter-editor.js";
import { Form, closing, useForm } from "../../parts/form.js";
import { Reach } from "../../parts/reach.js";
import { toast } from "../../parts/toast.js";

/** Create a filter or change one, and see at once whom it lets through. start: conditions of a new one @param {{filter?: import("../../data/filters.js").Filter, start?: string, onClose: () => void}} props */
export function FilterDialog({ filter: before, start = "", onClose }) {
  const form = useForm({ name: before?.name ?? "", filter: before?.filter ?? start }, async (values) => {
    if (!values.filter.trim()) {
      form.errors.value = { filter: t("filter.empty") };
      return;
    }
    if (isUnfinished(values.filter)) {
      form.errors.value = { filter: t("filter.unfinished") };
      return;
    }
    await saveFilter({ id: before?.id, ...values }, form.version);
    toast(t(before ? "filter.changed" : "filter.added"));
    onClose();
  }, {
    version: before?.updated ?? "",
    reread: async () => {
      const { updated, name, filter } = await readFilter(before.id);
      return { version: updated, values: { name, filter } };
    },
    fields: { name: { label: t("filter.name") }, filter: { label: t("filter.whom"), show: (text) => html`<span class="said">${text}</span>` } },
  });
  const { filter } = form.values.value;
  const close = closing(form, onClose);
  const acts = html`
    <${Button} onClick=${close}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="filter" busy=${form.busy.value}>${t(before ? "do.save" : "do.create")}<//>
  `;
  return html`
    <${Dialog} size="wide" title=${t(before ? "filter.edit" : "filter.new")} acts=${acts} onClose=${close}>
      <${Form} id="filter" form=${form} handled=${["filter"]}>
        <${TextField} form=${form} name="name" label=${t("filter.name")} required maxlength="100" autofocus />
        <fieldset class="stack">
          <legend class="legend-name">${t("filter.whom")}</legend>
          <${FilterEditor} value=${filter} error=${form.errors.value.filter} onChange=${(next) => form.set("filter", next)} />
        </fieldset>
      <//>
      <section class="found-now" aria-label=${t("filter.now")}>
        <h3>${t("filter.now")}</h3>
        ${filter.trim() ? html`<${Reach} audience=${{ audience: "everyone", lists: [], recipients: [], filter }} />` : html`<p class="muted">${t("filter.now.none")}</p>`}
      </section>
    <//>
  `;
}
