import { html, useState } from "../html.js";
import { known, t } from "../i18n/index.js";
import { portFor, presetOf, presets, tlsFor } from "../data/presets.js";
import { Field, PasswordField, Select, TextField } from "./field.js";

/**
 * How a mail server is reached: host, port, tls, username and password of a form, filled in for those that many use. Needs the words "servers" and "auth".
 * @param {{form: any, stored?: boolean, modes?: string[]}} props stored: a password is kept already; modes: the encryptions there are, without "none" STARTTLS is used if it is offered
 */
export function MailServerFields({ form, stored = false, modes = ["starttls", "implicit", "none"] }) {
  const values = form.values.value;
  const [preset, choose] = useState(() => presetOf(values.host));
  const take = (key) => {
    choose(key);
    const found = presets.find((one) => one.key === key);
    if (!found.host) return;
    form.set("host", found.host);
    form.set("port", String(found.port));
    form.set("tls", modes.includes(found.tls) ? found.tls : modes[0]);
  };
  const options = presets.map(({ key: value }) => ({ value, title: t(`preset.${value}`) }));
  return html`
    <${Field} label=${t("server.preset")} hint=${known(`preset.${preset}.hint`) && t(`preset.${preset}.hint`)}>
      ${(attributes) => html`<${Select} ...${attributes} value=${preset} options=${options} onChange=${take} />`}
    <//>
    <${TextField} form=${form} name="host" label=${t("server.host")} hint=${t("server.host.hint")} required maxlength="255" inputmode="url" autocomplete="off" spellcheck="false" placeholder="smtp.example.org" />
    <div class="even">
      <${Field} label=${t("server.tls")} hint=${t(`server.tls.${values.tls}.hint`)} error=${form.errors.value.tls}>
        ${(attributes) => html`<${Select} name="tls" ...${attributes} value=${values.tls} options=${modes.map((value) => ({ value, title: t(value === "starttls" && !modes.includes("none") ? "server.tls.offered" : `server.tls.${value}`) }))}
          onChange=${(tls) => {
            form.set("tls", tls);
            form.set("port", portFor(tls, form.values.peek().port));
          }} />`}
      <//>
      <${Field} label=${t("server.port")} hint=${t("server.port.hint")} error=${form.errors.value.port}>
        ${(attributes) => html`<input class="input" name="port" type="number" min="1" max="65535" required ...${attributes} value=${values.port}
          onInput=${(event) => {
            form.set("port", event.target.value);
            const tls = tlsFor(event.target.value, form.values.peek().tls);
            if (modes.includes(tls)) form.set("tls", tls);
          }} />`}
      <//>
    </div>
    <${TextField} form=${form} name="username" label=${t("server.username")} hint=${t("server.username.hint")} maxlength="255" autocomplete="off" spellcheck="false" optional />
    <${PasswordField} form=${form} name="password" label=${t("auth.password")} hint=${t(stored ? "server.password.kept" : "server.password.hint")} maxlength="1000" autocomplete="new-password" />
  `;
}
