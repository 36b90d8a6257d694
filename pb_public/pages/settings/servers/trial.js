import { html, useState } from "../../../html.js";
import { known, t } from "../../../i18n/index.js";
import { me } from "../../../data/session.js";
import { tryServer } from "../../../data/servers.js";
import { Button } from "../../../parts/button.js";
import { TextField } from "../../../parts/field.js";
import { Form, useForm } from "../../../parts/form.js";
import { Note } from "../../../parts/note.js";
import { toastTrouble } from "../../../parts/toast.js";

/**
 * Try a mail server that is saved: connect to it, and send an email to oneself.
 * @param {{id: string, disabled?: boolean}} props id: "default" are PocketBase's own mail settings; disabled: something is changed and not saved
 */
export function ServerTrial({ id, disabled = false }) {
  const [trial, show] = useState(/** @type {null | (import("../../../data/servers.js").Trial & {to: string})} */ (null));
  const [busy, setBusy] = useState(false);
  const connect = async () => {
    setBusy(true);
    show(null);
    await tryServer(id).then((found) => show({ ...found, to: "" }), toastTrouble);
    setBusy(false);
  };
  const form = useForm({ to: me.value.email }, async ({ to }) => {
    show(null);
    show({ ...(await tryServer(id, to.trim())), to: to.trim() });
  });
  return html`
    <div><${Button} icon="rotate-cw" busy=${busy} disabled=${disabled} onClick=${connect}>${t("server.test")}<//></div>
    <${Form} form=${form}>
      <${TextField} form=${form} name="to" type="email" label=${t("server.test.to")} required autocomplete="email" />
      <div><${Button} type="submit" icon="send" busy=${form.busy.value} disabled=${disabled}>${t("server.test.send")}<//></div>
    <//>
    ${disabled ? html`<p class="muted">${t("server.test.unsaved")}</p>` : trial && html`<${TrialNote} trial=${trial} />`}
  `;
}

/** How it went, with what to do and with the server's own words. @param {{trial: import("../../../data/servers.js").Trial & {to?: string}}} props */
export function TrialNote({ trial: { ok, stage, reason, response, encrypted, to } }) {
  if (ok) {
    return html`
      <${Note} tone="ok" live>
        <b>${t(to ? "server.test.sent" : "server.test.ok", { to })}</b> ${t(encrypted ? "server.test.encrypted" : "server.test.clear")}
        <p class="said">${response}</p>
      <//>
    `;
  }
  const key = [`server.fault.${reason}`, `server.fault.at.${stage}`].find(known) ?? "server.fault.other";
  return html`
    <${Note} tone="bad" live>
      <b>${t(key)}</b> ${known(`${key}.do`) && t(`${key}.do`)}
      <p class="said">${response}</p>
    <//>
  `;
}
