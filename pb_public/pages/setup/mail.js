import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { saveSettings, useSettings } from "../../data/settings.js";
import { Button } from "../../parts/button.js";
import { TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Loaded } from "../../parts/loaded.js";
import { MailServerFields } from "../../parts/mail-server-fields.js";
import { behindSettings } from "../settings/behind.js";
import { fromMailSettings, mailFields, ownModes, toMailSettings } from "../settings/servers/own-values.js";
import { ServerTrial } from "../settings/servers/trial.js";
import { Onward } from "./onward.js";

/** The mail server of the settings: account emails go by it, and mailings without a sender. @param {{onward: () => void}} props */
export function MailStep({ onward }) {
  return html`<${Loaded} query=${useSettings()} rows=${5}>${(settings) => html`<${Fields} settings=${settings} onward=${onward} />`}<//>`;
}

function Fields({ settings, onward }) {
  const [saved, save] = useState(settings.smtp.enabled);
  const form = useForm(start(settings), async (values) => {
    form.version = (await saveSettings(toMailSettings({ ...values, enabled: true }), form.version)).version;
    form.settle({ ...values, password: "" }, values);
    save(true);
  }, behindSettings(settings, start, mailFields()));
  return html`
    <${Form} form=${form}>
      <${MailServerFields} form=${form} stored=${saved && settings.smtp.username !== ""} modes=${ownModes} />
      <${TextField} form=${form} name="senderAddress" type="email" label=${t("server.from_email")} hint=${t("setup.mail.from.hint")} placeholder="news@example.org" required />
      <${TextField} form=${form} name="senderName" label=${t("server.from_name")} hint=${t("server.from_name.hint")} required maxlength="255" />
      <div class="row"><${Button} kind=${saved && !form.dirty() ? undefined : "primary"} type="submit" busy=${form.busy.value}>${t("do.save")}<//></div>
    <//>
    ${saved
      ? html`
          <${ServerTrial} id="default" disabled=${form.dirty()} />
          <div class="row"><${Button} kind=${form.dirty() ? undefined : "primary"} onClick=${onward}>${t("setup.next")}<//></div>
        `
      : html`<${Onward} skip=${onward} />`}
  `;
}

/** Nothing set up yet, it begins with a server on this machine, and with no address instead of PocketBase's example. */
function start(settings) {
  const values = fromMailSettings(settings);
  return {
    ...values,
    ...(!settings.smtp.enabled && { host: "localhost", port: "25", tls: "starttls" }),
    ...(values.senderAddress.endsWith("@example.com") && { senderAddress: "" }),
  };
}
