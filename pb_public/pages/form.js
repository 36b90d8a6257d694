import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { deleteForm, readForm, saveForm } from "../data/forms.js";
import { ownLists } from "../data/lists.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { go, href } from "../router.js";
import { Button } from "../parts/button.js";
import { confirmDelete } from "../parts/delete.js";
import { Check, CheckField, SelectField, TextArea, TextField } from "../parts/field.js";
import { Form, useForm } from "../parts/form.js";
import { Loaded } from "../parts/loaded.js";
import { Menu } from "../parts/menu.js";
import { Card, PageHead } from "../parts/page.js";
import { toast } from "../parts/toast.js";
import { SenderField } from "./mailing/sender-field.js";
import { FormBadge } from "./forms/form-badge.js";
import { FormCode } from "./forms/form-code.js";
import { FormFigures } from "./forms/form-figures.js";
import { FormPreview } from "./forms/form-preview.js";
import { Questions } from "./forms/questions.js";
import { WelcomeField } from "./forms/welcome-field.js";

/** One form by which people sign up, or a new one. @param {{id?: string}} props */
export default function FormPage({ id = "" }) {
  const query = useQuery(id ? ["form", id] : null, (signal) => readForm(id, signal));
  const crumb = html`<a href=${href("/forms")}>${t("clients.tab.forms")}</a>`;
  if (!id) {
    return html`
      <${PageHead} title=${t("forms.new")} crumb=${crumb} />
      <${Editor} key="new" />
    `;
  }
  const form = query.data;
  return html`
    <${PageHead} title=${form?.name ?? t("forms.one")} crumb=${crumb} badge=${form && html`<${FormBadge} active=${form.active} />`} acts=${form?.owner === me.value.id && html`<${Acts} form=${form} />`} />
    <${Loaded} query=${query}>
      ${(data) => html`
        ${data.owner === me.value.id && html`<${Editor} key=${id} saved=${data} />`}
        ${data.active && html`<${FormCode} id=${id} fields=${data.fields} />`}
        <${FormFigures} id=${id} />
      `}
    <//>
  `;
}

/** @param {{form: import("../data/forms.js").SignUpForm}} props */
function Acts({ form: { id, name, active } }) {
  const remove = async () => {
    if (await confirmDelete({ title: t("forms.delete.title", { name }), text: t("forms.delete.text") }, () => deleteForm(id))) go("/forms");
  };
  return html`
    ${active && html`<${Button} href=${`/f/${id}`} target="_blank" rel="noopener">${t("forms.open")}<//>`}
    <${Menu} label=${t("do.more")} items=${[{ title: t("do.delete"), icon: "trash", run: remove, grave: true }]} opener=${(attributes) => html`<${Button} icon="ellipsis" label=${t("do.more")} ...${attributes} />`} />
  `;
}

/** @param {{saved?: import("../data/forms.js").SignUpForm}} props */
function Editor({ saved }) {
  const form = useForm(startOf(saved), async (values) => {
    const made = await saveForm(saved?.id ?? "", values, form.version);
    form.version = made.updated;
    form.settle(startOf(made), values);
    toast(t("forms.saved"));
    if (!saved) go(`/forms/${made.id}`);
  }, {
    version: saved?.updated ?? "",
    reread: async () => {
      const found = await readForm(saved.id);
      return { version: found.updated, values: startOf(found) };
    },
    fields: Object.fromEntries(Object.entries(compared).map(([name, key]) => [name, { label: t(key), show: (value) => (typeof value === "object" ? JSON.stringify(value) : String(value)) }])),
  });
  const values = form.values.value;
  return html`
    <div class="two">
      <${Form} form=${form} guarded handled=${["fields", "lists"]}>
        <${Card} title=${t("forms.page")}>
          <div class="stack">
            <${TextField} form=${form} name="name" label=${t("forms.name")} hint=${t("forms.name.hint")} required maxlength="200" />
            <${TextField} form=${form} name="title" label=${t("forms.title")} maxlength="200" optional />
            <${TextArea} form=${form} name="text" label=${t("forms.text")} hint=${t("forms.text.hint")} rows="4" maxlength="10000" optional />
            <${Questions} form=${form} />
            <${TextArea} form=${form} name="consent_text" label=${t("forms.consent")} hint=${t("forms.consent.hint")} rows="2" maxlength="2000" optional />
            <${SelectField} form=${form} name="language" label=${t("forms.language")} options=${["auto", "ru", "en"].map((value) => ({ value, title: t(`forms.language.${value}`) }))} />
          </div>
        <//>
        <${Card} title=${t("forms.after")}>
          <div class="stack">
            <${Lists} form=${form} />
            <${TextField} form=${form} name="confirm_subject" label=${t("forms.confirmSubject")} hint=${t("forms.confirmSubject.hint")} maxlength="200" optional />
            <${TextArea} form=${form} name="confirm_text" label=${t("forms.confirmText")} hint=${t("forms.confirmText.hint")} rows="3" maxlength="2000" optional />
            <${SenderField} form=${form} />
            <${WelcomeField} form=${form} />
            <${TextField} form=${form} name="success_url" type="url" label=${t("forms.success")} hint=${t("forms.success.hint")} placeholder="https://example.com" maxlength="500" optional />
            <${CheckField} form=${form} name="active" label=${t("forms.active")} hint=${t("forms.active.hint")} />
          </div>
        <//>
        <div><${Button} kind="primary" type="submit" busy=${form.busy.value}>${t(saved ? "do.save" : "do.create")}<//></div>
      <//>
      <${FormPreview} values=${values} />
    </div>
  `;
}

/** The lists that who confirms is put on. */
function Lists({ form }) {
  const lists = useQuery(["lists", "own", me.value.id], ownLists);
  const chosen = form.values.value.lists;
  const choose = (id, on) => form.set("lists", on ? [...chosen, id] : chosen.filter((one) => one !== id));
  return html`
    <fieldset class="stack tight">
      <legend class="legend-name">${t("forms.lists")}</legend>
      ${lists.data?.length === 0 && html`<p class="faint">${t("forms.lists.none")}</p>`}
      ${lists.data?.map(({ id, name }) => html`<${Check} key=${id} name=${`list-${id}`} label=${name} checked=${chosen.includes(id)} onChange=${(on) => choose(id, on)} />`)}
      ${form.errors.value.lists && html`<p class="error" role="alert">${form.errors.value.lists}</p>`}
    </fieldset>
  `;
}

/** The fields that two versions may differ in, with the keys of their words. */
const compared = {
  name: "forms.name", title: "forms.title", text: "forms.text", fields: "forms.questions", consent_text: "forms.consent", language: "forms.language", lists: "forms.lists",
  confirm_subject: "forms.confirmSubject", confirm_text: "forms.confirmText", sender: "mailing.sender", welcome_message: "forms.welcome", success_url: "forms.success", active: "forms.active",
};

/** What the form begins with. @param {import("../data/forms.js").SignUpForm} [saved] */
const startOf = (saved) => ({
  name: saved?.name ?? "", title: saved?.title ?? "", text: saved?.text ?? "", fields: saved?.fields ?? [{ name: "full_name", label: "", type: /** @type {const} */ ("text"), required: false }],
  consent_text: saved?.consent_text ?? t("forms.consent.usual"), language: saved?.language ?? "auto", lists: saved?.lists ?? [],
  confirm_subject: saved?.confirm_subject ?? "", confirm_text: saved?.confirm_text ?? "", sender: saved?.sender ?? "", welcome_message: saved?.welcome_message ?? "",
  success_url: saved?.success_url ?? "", active: saved?.active ?? true,
});
