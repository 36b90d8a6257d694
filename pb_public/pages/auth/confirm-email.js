import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { confirmEmailChange, emailIn, signOut } from "../../data/session.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { PasswordField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Note } from "../../parts/note.js";
import { AuthPage } from "./auth-page.js";

/** Opened from the letter to the new address; the password shows that the account's owner wants it. @param {{token: string}} props */
export default function ConfirmEmailPage({ token }) {
  const [done, finish] = useState(false);
  const form = useForm({ password: "" }, async ({ password }) => {
    await confirmEmailChange(token, password);
    // All sessions ended with the old address.
    signOut();
    finish(true);
  });
  if (done) {
    return html`
      <${AuthPage} icon="circle-check" title=${t("emailChange.done")} lead=${t("emailChange.done.text")}
        act=${html`<${Button} kind="primary" href=${href("/sign-in", { email: emailIn(token) })}>${t("auth.signIn")}<//>`} />
    `;
  }
  return html`
    <${AuthPage} title=${t("emailChange.title")} lead=${t("emailChange.lead")}>
      ${form.errors.value.token && html`<${Note} tone="warn" live>${t("emailChange.expired")}<//>`}
      <${Form} form=${form} handled=${["token"]}>
        <${PasswordField} form=${form} name="password" label=${t("auth.password")} autocomplete="current-password" required autofocus />
        <${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("emailChange.act")}<//>
      <//>
    <//>
  `;
}
