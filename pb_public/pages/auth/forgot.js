import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { instance } from "../../data/instance.js";
import { askPasswordReset } from "../../data/accounts.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Note } from "../../parts/note.js";
import { AuthPage } from "./auth-page.js";

export default function ForgotPage() {
  const [asked, ask] = useState("");
  const form = useForm({ email: "" }, async ({ email }) => {
    await askPasswordReset(email);
    ask(email.trim());
  });
  const foot = html`<a class="link" href=${href("/sign-in")}>${t("forgot.back")}</a>`;
  if (asked) {
    const outbox = instance.value?.demo && html`<${Button} kind="primary" href=${href("/outbox")}>${t("verify.outbox")}<//>`;
    return html`<${AuthPage} icon="mail-check" title=${t("verify.look")} lead=${t("forgot.asked", { email: asked })} act=${outbox} foot=${foot} />`;
  }
  return html`
    <${AuthPage} title=${t("forgot.title")} lead=${t("forgot.lead")} foot=${foot}>
      ${instance.value?.mail === false && html`<${Note} tone="warn">${t("forgot.noMail")}<//>`}
      <${Form} form=${form}>
        <${TextField} form=${form} name="email" type="email" label=${t("auth.email")} required autocomplete="username" autofocus />
        <${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("forgot.act")}<//>
      <//>
    <//>
  `;
}
