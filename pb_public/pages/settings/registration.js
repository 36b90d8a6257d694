import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { CheckField, Choice } from "../../parts/field.js";
import { Card } from "../../parts/page.js";
import { ticked } from "./behind.js";
import { NumberField, numbersIn } from "./number-field.js";
import { SettingsForm } from "./settings-form.js";

const numbers = ["new_user_daily_quota", "storage_limit_mb"];

/** Who may register, and how much a new user may do. */
export default function RegistrationPage() {
  const start = (decided) => ({
    registration: decided.registration,
    default_sender_open: decided.default_sender_open,
    ...Object.fromEntries(numbers.map((name) => [name, decided[name] ? String(decided[name]) : ""])),
  });
  const changes = (values) => ({ decided: { ...values, ...numbersIn(values, numbers) } });
  const fields = {
    registration: { label: t("registration.who"), show: (value) => t(`registration.${value}`) },
    new_user_daily_quota: { label: t("set.quota") },
    storage_limit_mb: { label: t("set.storage") },
    default_sender_open: ticked(t("set.open")),
  };
  return html`
    <${SettingsForm} title=${t("settings.registration")} lead=${t("registration.lead")} start=${start} changes=${changes} fields=${fields}>
      ${(form) => html`
        <${Card} title=${t("registration.who")}>
          <${Choice} name="registration" legend=${t("registration.who")} value=${form.values.value.registration} onChange=${(value) => form.set("registration", value)}
            options=${["open", "approval", "closed"].map((value) => ({ value, title: t(`registration.${value}`), hint: t(`registration.${value}.hint`) }))} />
        <//>
        <${Card} title=${t("registration.new")}><div class="form">
          <${NumberField} form=${form} name="new_user_daily_quota" label=${t("set.quota")} unit=${t("set.quota.unit")} hint=${t("set.quota.hint")} />
          <${NumberField} form=${form} name="storage_limit_mb" label=${t("set.storage")} unit=${t("set.storage.unit")} hint=${t("set.storage.hint")} />
          <${CheckField} form=${form} name="default_sender_open" label=${t("set.open")} hint=${t("set.open.hint")} />
        </div><//>
      `}
    <//>
  `;
}
