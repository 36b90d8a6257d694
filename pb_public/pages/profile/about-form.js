import { html, useMemo } from "../../html.js";
import { language, languages, speak, t } from "../../i18n/index.js";
import { countries } from "../../data/countries.js";
import { browserZone, saveProfile } from "../../data/session.js";
import { Button } from "../../parts/button.js";
import { ComboField } from "../../parts/combo.js";
import { SelectField, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";
import { ZoneField } from "../../parts/zone-field.js";

/** Name, phone, country, language and time zone. @param {{user: import("../../data/session.js").User}} props */
export function AboutForm({ user }) {
  const { name, phone, country, language: speaks, timezone } = user;
  const form = useForm({ name, phone, country, language: speaks, timezone: timezone || browserZone() }, async (values) => {
    const saved = { ...values, name: values.name.trim(), phone: values.phone.trim() };
    await saveProfile(saved);
    form.settle(saved);
    await speak(/** @type {any} */ (saved.language));
    toast(t("profile.saved"));
  });
  const lands = useMemo(() => countries(language.value), [language.value]);
  const here = browserZone();
  const zone = form.values.value.timezone;
  const elsewhere = zone !== here && html`${t("profile.zone.here", { zone: here.replaceAll("_", " ") })} <button class="link" type="button" onClick=${() => form.set("timezone", here)}>${t("profile.zone.take")}</button>`;
  return html`
    <${Form} form=${form} guarded>
      <${TextField} form=${form} name="name" label=${t("profile.name")} autocomplete="name" maxlength="100" required />
      <div class="even">
        <${TextField} form=${form} name="phone" type="tel" label=${t("profile.phone")} autocomplete="tel" maxlength="40" optional />
        <${ComboField} form=${form} name="country" label=${t("profile.country")} options=${lands} optional />
        <${SelectField} form=${form} name="language" label=${t("language")} hint=${t("profile.language.hint")} options=${Object.keys(languages).map((value) => ({ value, title: languages[value] }))} />
        <${ZoneField} form=${form} name="timezone" label=${t("profile.zone")} hint=${elsewhere || t("profile.zone.hint")} />
      </div>
      <div><${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("do.save")}<//></div>
    <//>
  `;
}
