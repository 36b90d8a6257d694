import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { saveSettings, useSettings } from "../../data/setup.js";
import { TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Loaded } from "../../parts/loaded.js";
import { Onward } from "./onward.js";

/** Name and public address. @param {{onward: () => void}} props */
export function ServiceStep({ onward }) {
  return html`<${Loaded} query=${useSettings()} rows=${2}>${({ meta }) => html`<${Fields} meta=${meta} onward=${onward} />`}<//>`;
}

/** What PocketBase begins with. */
const unset = /^http:\/\/localhost(:\d+)?$/;

function Fields({ meta, onward }) {
  const here = new URL(".", location.href).href.replace(/\/$/, "");
  const form = useForm({ appName: meta.appName, appURL: unset.test(meta.appURL) ? here : meta.appURL }, async ({ appName, appURL }) => {
    await saveSettings({ meta: { appName: appName.trim(), appURL: appURL.trim().replace(/\/+$/, "") } });
    onward();
  });
  return html`
    <${Form} form=${form}>
      <${TextField} form=${form} name="appName" label=${t("setup.service.name")} hint=${t("setup.service.name.hint")} required maxlength="100" />
      <${TextField} form=${form} name="appURL" type="url" label=${t("setup.service.address")} hint=${t("setup.service.address.hint")} placeholder="https://mail.example.org" required />
      <${Onward} form=${form} skip=${onward} />
    <//>
  `;
}
