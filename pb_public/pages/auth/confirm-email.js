import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { confirmEmailChange, emailIn } from "../../data/accounts.js";
import { signOut } from "../../data/session.js";
import { go } from "../../router.js";
import { Button } from "../../parts/button.js";
import { PasswordField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Note } from "../../parts/note.js";
import { AuthPage } from "./auth-page.js";

/** Opened from the letter to the new address; the password shows that the account's owner wants it. @param {{token: string}} props */
export default function ConfirmEmailPage({ token }) {
  const form = useForm({ password: "" }, async ({ password }) => {
    await confirmEmailChange(token, password);
    // All sessions ended with the old address.
    signOut();
    go("/sign-in", { email: emailIn(token), after: "emailChange" }, { replace: true });
  });
  return html`
    <${AuthPage} title=${t("emailChange.title")} lead=${emailIn(token) ? t("emailChange.to", { email: emailIn(token) }) : t("emailChange.lead")}>
      ${form.errors.value.token && html`<${Note} tone="warn" live>${t("emailChange.expired")}<//>`}
      <${Form} form=${form} handled=${["token"]}>
        <${PasswordField} form=${form} name="password" label=${t("auth.password")} autocomplete="current-password" required autofocus />
        <${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("emailChange.act")}<//>
      <//>
    <//>
  `;
}
