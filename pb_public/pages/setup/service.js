import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { saveSettings, useSettings } from "../../data/settings.js";
import { TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Loaded } from "../../parts/loaded.js";
import { behindSettings } from "../settings/behind.js";
import { Onward } from "./onward.js";

/** Name and public address. @param {{onward: () => void}} props */
export function ServiceStep({ onward }) {
  return html`<${Loaded} query=${useSettings()} rows=${2}>${(settings) => html`<${Fields} settings=${settings} onward=${onward} />`}<//>`;
}

/** What PocketBase begins with. */
const unset = /^http:\/\/localhost(:\d+)?$/;

/** The address that this page was opened with is the best guess. */
const start = ({ meta: { appName, appURL } }) => ({ appName, appURL: unset.test(appURL) ? new URL(".", location.href).href.replace(/\/$/, "") : appURL });

function Fields({ settings, onward }) {
  const form = useForm(start(settings), async ({ appName, appURL }) => {
    await saveSettings({ meta: { appName: appName.trim(), appURL: appURL.trim().replace(/\/+$/, "") } }, form.version);
    onward();
  }, behindSettings(settings, start, { appName: { label: t("setup.service.name") }, appURL: { label: t("setup.service.address") } }));
  return html`
    <${Form} form=${form}>
      <${TextField} form=${form} name="appName" label=${t("setup.service.name")} hint=${t("setup.service.name.hint")} required maxlength="100" />
      <${TextField} form=${form} name="appURL" type="url" label=${t("setup.service.address")} hint=${t("setup.service.address.hint")} placeholder="https://mail.example.org" required />
      <${Onward} form=${form} skip=${onward} />
    <//>
  `;
}
