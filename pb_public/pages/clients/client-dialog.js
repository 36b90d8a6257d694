import { html } from "../../html.js";
import { languages, t } from "../../i18n/index.js";
import { readClient, saveClient } from "../../data/clients.js";
import { ownLists } from "../../data/lists.js";
import { useQuery } from "../../data/query.js";
import { me } from "../../data/session.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { Check, SelectField, TextArea, TextField } from "../../parts/field.js";
import { Form, closing, useForm } from "../../parts/form.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { meant, shown } from "./attributes.js";
import { AttributesField, attributesWrong } from "./attributes-field.js";

/**
 * Create a client or change one.
 * @param {{client?: import("../../data/clients.js").Client, onClose: () => void}} props
 */
export function ClientDialog({ client, onClose }) {
  const start = startOf(client);
  const form = useForm(start, async ({ rows, lists, ...values }) => {
    const wrong = attributesWrong(rows);
    if (wrong) {
      form.errors.value = { attributes: wrong };
      return;
    }
    // A number stays one, and so on, where it was not touched.
    const before = client?.attributes ?? {};
    const attributes = Object.fromEntries(rows.filter(({ name }) => name.trim()).map(({ name, text }) => [name.trim(), meant(text, before[name.trim()])]));
    const { failed } = await saveClient({ id: client?.id, ...values, attributes }, lists, form.version);
    toast(t(client ? "client.changed" : "client.added"));
    if (failed.length > 0) toastTrouble(failed[0].error);
    onClose();
  }, {
    version: client?.updated ?? "",
    reread: async () => {
      const found = await readClient(client.id);
      return { version: found.updated, values: startOf(found) };
    },
    fields: {
      email: { label: t("client.email") },
      full_name: { label: t("client.fullName") },
      language: { label: t("client.language"), show: (code) => languages[code] ?? code },
      comment: { label: t("client.comment") },
      rows: { label: t("client.attributes"), show: (rows) => rows.map(({ name, text }) => `${name}: ${text}`).join(", ") },
    },
  });
  const { rows, lists } = form.values.value;
  const close = closing(form, onClose);
  const acts = html`
    <${Button} onClick=${close}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="client" busy=${form.busy.value}>${t(client ? "do.save" : "client.add")}<//>
  `;
  return html`
    <${Dialog} title=${t(client ? "client.edit" : "client.new")} acts=${acts} onClose=${close}>
      <${Form} id="client" form=${form} handled=${["attributes"]}>
        <${TextField} form=${form} name="email" type="email" label=${t("client.email")} required maxlength="320" autocomplete="off" autofocus />
        <${TextField} form=${form} name="full_name" label=${t("client.fullName")} maxlength="200" autocomplete="off" optional />
        <${SelectField} form=${form} name="language" label=${t("client.language")} options=${languagesFor(client?.language)} />
        <${AttributesField} rows=${rows} error=${form.errors.value.attributes} onChange=${(next) => form.set("rows", next)} />
        <${TextArea} form=${form} name="comment" label=${t("client.comment")} hint=${t("client.comment.hint")} maxlength="2000" rows="2" optional />
        ${!client && html`<${ListsField} chosen=${lists} onChange=${(next) => form.set("lists", next)} />`}
      <//>
    <//>
  `;
}

/** The languages to choose from, with the one that a client has already. @param {string} [has] */
const languagesFor = (has) => [
  { value: "", title: t("client.language.browser") },
  ...[...new Set([...Object.keys(languages), ...(has ? [has] : [])])].map((value) => ({ value, title: languages[value] ?? value })),
];

/** What the form begins with. @param {import("../../data/clients.js").Client} [client] */
function startOf(client) {
  return {
    email: client?.email ?? "",
    full_name: client?.full_name ?? "",
    language: client?.language ?? "",
    comment: client?.comment ?? "",
    rows: Object.entries(client?.attributes ?? {}).map(([name, value]) => ({ name, text: shown(value) })),
    lists: /** @type {string[]} */ ([]),
  };
}

function ListsField({ chosen, onChange }) {
  const lists = useQuery(["lists", me.value.id], ownLists);
  if (!lists.data?.length) return null;
  const toggle = (id) => onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return html`
    <fieldset class="field">
      <legend class="legend-name">${t("clients.tab.lists")}</legend>
      <div class="stack tight">${lists.data.map(({ id, name }) => html`<${Check} key=${id} label=${name} checked=${chosen.includes(id)} onChange=${() => toggle(id)} />`)}</div>
    </fieldset>
  `;
}
