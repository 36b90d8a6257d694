import { html, useMemo } from "../../html.js";
import { country, language, languages, speak, t } from "../../i18n/index.js";
import { countries } from "../../data/countries.js";
import { browserZone, readProfile, saveProfile } from "../../data/session.js";
import { Button } from "../../parts/button.js";
import { ComboField } from "../../parts/combo.js";
import { SelectField, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";
import { ZoneField } from "../../parts/zone-field.js";

/** Name, phone, country, language and time zone. @param {{user: import("../../data/session.js").User}} props */
export function AboutForm({ user }) {
  const form = useForm(startOf(user), async (values) => {
    const saved = await saveProfile({ ...values, name: values.name.trim(), phone: values.phone.trim() }, form.version);
    form.version = saved.updated;
    form.settle(startOf(saved), values);
    await speak(saved.language);
    toast(t("profile.saved"));
  }, {
    version: user.updated,
    reread: async () => {
      const found = await readProfile();
      return { version: found.updated, values: startOf(found) };
    },
    fields: {
      name: { label: t("profile.name") },
      phone: { label: t("profile.phone") },
      country: { label: t("profile.country"), show: (code) => country(code) },
      language: { label: t("language"), show: (code) => languages[code] },
      timezone: { label: t("profile.zone"), show: (zone) => zone.replaceAll("_", " ") },
    },
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

/** What the form begins with. @param {import("../../data/session.js").User} user */
const startOf = ({ name, phone, country: lives, language: speaks, timezone }) => ({ name, phone, country: lives, language: speaks, timezone: timezone || browserZone() });
