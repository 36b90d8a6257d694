import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { emailIn, resetPassword, shortestPassword } from "../../data/accounts.js";
import { signOut } from "../../data/session.js";
import { go, href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { PasswordField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Note } from "../../parts/note.js";
import { AuthPage } from "./auth-page.js";

/** Opened from the letter: a new password. @param {{token: string}} props */
export default function ResetPage({ token }) {
  const form = useForm({ password: "" }, async ({ password }) => {
    await resetPassword(token, password);
    signOut();
    go("/sign-in", { email: emailIn(token), after: "reset" }, { replace: true });
  });
  const expired = form.errors.value.token && html`<${Note} tone="warn" live acts=${html`<${Button} small href=${href("/forgot")}>${t("reset.again")}<//>`}>${t("reset.expired")}<//>`;
  return html`
    <${AuthPage} title=${t("reset.title")} lead=${t("reset.lead")}>
      ${expired}
      <${Form} form=${form} handled=${["token"]}>
        <${PasswordField} form=${form} name="password" label=${t("password.new")} autocomplete="new-password" required minlength=${shortestPassword} hint=${t("password.hint", { min: shortestPassword })} autofocus />
        <${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("reset.act")}<//>
      <//>
    <//>
  `;
}
