import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { instance } from "../../data/instance.js";
import { askEmailChange } from "../../data/accounts.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Note } from "../../parts/note.js";

/** A new address counts only when somebody has opened the mail sent to it. @param {{user: import("../../data/session.js").User}} props */
export function EmailForm({ user }) {
  const [asked, ask] = useState("");
  const form = useForm({ newEmail: "" }, async ({ newEmail }) => {
    ask("");
    await askEmailChange(newEmail);
    ask(newEmail.trim());
    form.settle({ newEmail: "" });
  });
  const outbox = instance.value?.demo && html`<${Button} small href=${href("/outbox")}>${t("nav.outbox")}<//>`;
  return html`
    <p class="muted">${t("profile.email.text", { email: user.email })}</p>
    ${instance.value?.mail === false && html`<${Note} tone="warn">${t("profile.email.noMail")}<//>`}
    ${asked && html`<${Note} tone="ok" live acts=${outbox}><b>${t("profile.email.asked", { email: asked })}</b> ${t("profile.email.asked.text")}<//>`}
    <${Form} form=${form}>
      <${TextField} form=${form} name="newEmail" type="email" label=${t("profile.email.new")} autocomplete="email" required />
      <div><${Button} type="submit" busy=${form.busy.value}>${t("profile.email.act")}<//></div>
    <//>
  `;
}
