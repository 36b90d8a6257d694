import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { ports, presetOf, presets } from "../../data/presets.js";
import { me } from "../../data/session.js";
import { saveSettings, testMail, useSettings } from "../../data/setup.js";
import { Button } from "../../parts/button.js";
import { Field, PasswordField, Select, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Loaded } from "../../parts/loaded.js";
import { Note } from "../../parts/note.js";
import { toastTrouble } from "../../parts/toast.js";
import { Onward } from "./onward.js";

/** The mail server of the settings: account emails go by it, and mailings without a sender. @param {{onward: () => void}} props */
export function MailStep({ onward }) {
  return html`<${Loaded} query=${useSettings()} rows=${5}>${(settings) => html`<${Fields} settings=${settings} onward=${onward} />`}<//>`;
}

/** PocketBase knows two ways to encrypt: from the beginning, and as the server offers it. */
const ways = ["implicit", "starttls"];

function Fields({ settings: { smtp, meta }, onward }) {
  const [saved, save] = useState(smtp.enabled);
  const form = useForm(valuesOf(smtp, meta), async (values) => {
    await saveSettings({
      smtp: { enabled: true, host: values.host.trim(), port: Number(values.port), tls: values.tls === "implicit", username: values.username.trim(), ...(values.password && { password: values.password }) },
      meta: { senderName: values.senderName.trim(), senderAddress: values.senderAddress.trim() },
    });
    form.settle({ ...values, password: "" }, values);
    save(true);
  });
  const { preset } = form.values.value;
  const choose = (key) => {
    const { host, port, tls } = presets.find((one) => one.key === key);
    for (const [name, value] of Object.entries({ preset: key, host, port: String(port), tls: tls === "implicit" ? "implicit" : "starttls" })) form.set(name, value);
  };
  const encrypt = (tls) => {
    form.set("tls", tls);
    form.set("port", String(ports[tls]));
  };
  return html`
    <${Form} form=${form}>
      <${Choice} name="preset" label=${t("setup.mail.preset")} value=${preset} options=${presets.map(({ key }) => ({ value: key, title: t(`preset.${key}`) }))} onChange=${choose} />
      <p class="muted">${t(`preset.${preset}.text`)}</p>
      <${TextField} form=${form} name="host" label=${t("setup.mail.host")} placeholder="smtp.example.org" required autocapitalize="none" spellcheck=${false} />
      <${Choice} name="tls" label=${t("setup.mail.tls")} value=${form.values.value.tls} options=${ways.map((value) => ({ value, title: t(`setup.mail.tls.${value}`) }))} onChange=${encrypt} />
      <${TextField} form=${form} name="port" label=${t("setup.mail.port")} inputmode="numeric" pattern="[0-9]{1,5}" required />
      <${TextField} form=${form} name="username" label=${t("setup.mail.username")} autocomplete="off" optional />
      <${PasswordField} form=${form} name="password" label=${t("auth.password")} hint=${saved && smtp.username ? t("setup.mail.password.kept") : undefined} autocomplete="off" />
      <${TextField} form=${form} name="senderAddress" type="email" label=${t("setup.mail.from")} hint=${t("setup.mail.from.hint")} placeholder="news@example.org" required />
      <${TextField} form=${form} name="senderName" label=${t("setup.mail.fromName")} required maxlength="100" />
      <div class="row"><${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("setup.mail.save")}<//></div>
    <//>
    ${saved && html`<${Trial} onward=${onward} unsaved=${form.dirty()} />`}
    ${!saved && html`<${Onward} skip=${onward} />`}
  `;
}

/** A choice that changes other fields too. */
function Choice({ label, ...rest }) {
  return html`<${Field} label=${label}>${(attributes) => html`<${Select} ...${attributes} ...${rest} />`}<//>`;
}

const valuesOf = (smtp, meta) => ({
  preset: presetOf(smtp.enabled ? smtp.host : "localhost"),
  host: smtp.enabled ? smtp.host : "localhost",
  port: String(smtp.enabled ? smtp.port : 25),
  tls: smtp.enabled && smtp.tls ? "implicit" : "starttls",
  username: smtp.username ?? "",
  password: "",
  senderAddress: meta.senderAddress?.endsWith("@example.com") ? "" : (meta.senderAddress ?? ""),
  senderName: meta.senderName ?? "",
});

/** Tries the server out, and tells its words. */
function Trial({ onward, unsaved }) {
  const [found, tell] = useState(/** @type {import("../../data/setup.js").MailTest & {to?: string} | null} */ (null));
  const [busy, work] = useState("");
  const run = async (what, to) => {
    work(what);
    try {
      tell({ ...(await testMail(to)), to });
    } catch (error) {
      toastTrouble(error);
    } finally {
      work("");
    }
  };
  const { email } = me.value;
  return html`
    <div class="stack">
      <div class="row">
        <${Button} busy=${busy === "test"} disabled=${unsaved} onClick=${() => run("test")}>${t("setup.mail.test")}<//>
        <${Button} icon="send" busy=${busy === "send"} disabled=${unsaved} onClick=${() => run("send", email)}>${t("setup.mail.send", { email })}<//>
      </div>
      ${found && html`
        <${Note} tone=${found.ok ? "ok" : "bad"} live>
          <p>${found.ok ? t(found.to ? "setup.mail.sent" : "setup.mail.works", { email: found.to }) : t(`setup.mail.stage.${found.stage}`)}</p>
          <p class="said">${found.response}</p>
        <//>
      `}
      <div class="row"><${Button} kind=${found?.ok ? "primary" : undefined} onClick=${onward}>${t("setup.next")}<//></div>
    </div>
  `;
}
