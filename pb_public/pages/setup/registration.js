import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { readDecisions, saveDecisions, useDecisions } from "../../data/settings.js";
import { SelectField, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Loaded } from "../../parts/loaded.js";
import { Onward } from "./onward.js";

const choices = ["open", "approval", "closed"];

/** Who may register, and how much they may send. @param {{onward: () => void}} props */
export function RegistrationStep({ onward }) {
  return html`<${Loaded} query=${useDecisions()} rows=${2}>${(record) => html`<${Fields} record=${record} onward=${onward} />`}<//>`;
}

const start = ({ registration, new_user_daily_quota: quota }) => ({ registration, quota: String(quota) });

function Fields({ record, onward }) {
  const form = useForm(start(record), async ({ registration, quota }) => {
    await saveDecisions({ id: record.id, registration, new_user_daily_quota: Number(quota) }, form.version);
    onward();
  }, {
    version: record.updated,
    reread: async () => {
      const found = await readDecisions();
      return { version: found.updated, values: start(found) };
    },
    fields: { registration: { label: t("setup.registration.who"), show: (value) => t(`setup.registration.${value}`) }, quota: { label: t("setup.registration.quota") } },
  });
  return html`
    <${Form} form=${form}>
      <${SelectField} form=${form} name="registration" label=${t("setup.registration.who")} options=${choices.map((value) => ({ value, title: t(`setup.registration.${value}`) }))} />
      <${TextField} form=${form} name="quota" label=${t("setup.registration.quota")} hint=${t("setup.registration.quota.hint")} inputmode="numeric" pattern="[0-9]{1,9}" required />
      <${Onward} form=${form} skip=${onward} />
    <//>
  `;
}
