import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { saveDecisions, useDecisions } from "../../data/setup.js";
import { SelectField, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Loaded } from "../../parts/loaded.js";
import { Onward } from "./onward.js";

const choices = ["open", "approval", "closed"];

/** Who may register, and how much they may send. @param {{onward: () => void}} props */
export function RegistrationStep({ onward }) {
  return html`<${Loaded} query=${useDecisions()} rows=${2}>${(record) => html`<${Fields} record=${record} onward=${onward} />`}<//>`;
}

function Fields({ record, onward }) {
  const form = useForm({ registration: record.registration, quota: String(record.new_user_daily_quota) }, async ({ registration, quota }) => {
    await saveDecisions(record.id, { registration, new_user_daily_quota: Number(quota) });
    onward();
  });
  return html`
    <${Form} form=${form}>
      <${SelectField} form=${form} name="registration" label=${t("setup.registration.who")} options=${choices.map((value) => ({ value, title: t(`setup.registration.${value}`) }))} />
      <${TextField} form=${form} name="quota" label=${t("setup.registration.quota")} hint=${t("setup.registration.quota.hint")} inputmode="numeric" pattern="[0-9]{1,9}" required />
      <${Onward} form=${form} skip=${onward} />
    <//>
  `;
}
