import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { instance } from "../../data/instance.js";
import { askVerification, register, shortestPassword } from "../../data/accounts.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { PasswordField, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Note } from "../../parts/note.js";
import { Skeleton } from "../../parts/skeleton.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { AuthPage } from "./auth-page.js";

export default function RegisterPage() {
  const [email, registered] = useState("");
  const form = useForm({ name: "", email: "", password: "" }, async (values) => {
    await register(values);
    registered(values.email.trim());
  });
  const known = instance.value;
  if (!known) return html`<${AuthPage} title=${t("register.title")}><${Skeleton} rows=${3} /><//>`;
  if (email) return html`<${AskedPage} email=${email} />`;
  const signIn = html`${t("register.have")} <a class="link" href=${href("/sign-in")}>${t("auth.signIn")}</a>`;
  if (known.registration === "closed") return html`<${AuthPage} icon="lock" title=${t("register.closed")} lead=${t("register.closed.text")} foot=${signIn} />`;
  return html`
    <${AuthPage} title=${t("register.title")} lead=${t("register.lead")} foot=${signIn}>
      ${known.registration === "approval" && html`<${Note}>${t("register.approval")}<//>`}
      ${!known.mail && html`<${Note} tone="warn">${t("register.noMail")}<//>`}
      <${Form} form=${form}>
        <${TextField} form=${form} name="name" label=${t("auth.name")} autocomplete="name" required maxlength="255" autofocus />
        <${TextField} form=${form} name="email" type="email" label=${t("auth.email")} autocomplete="email" required />
        <${PasswordField} form=${form} name="password" label=${t("auth.password")} autocomplete="new-password" required minlength=${shortestPassword} hint=${t("password.hint", { min: shortestPassword })} />
        <${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("auth.register")}<//>
      <//>
    <//>
  `;
}

/** The letter is on its way; what to do when it does not come. */
function AskedPage({ email }) {
  const again = () => askVerification(email).then(() => toast(t("verify.sentAgain")), toastTrouble);
  const foot = html`${t("verify.nothing")} <button class="link" type="button" onClick=${again}>${t("verify.again")}</button>`;
  const outbox = instance.value?.demo && html`<${Button} kind="primary" href=${href("/outbox")}>${t("verify.outbox")}<//>`;
  return html`<${AuthPage} icon="mail-check" title=${t("verify.look")} lead=${t("verify.look.text", { email })} act=${outbox} foot=${foot} />`;
}
