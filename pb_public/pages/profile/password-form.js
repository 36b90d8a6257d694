import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { shortestPassword } from "../../data/accounts.js";
import { changePassword } from "../../data/session.js";
import { Button } from "../../parts/button.js";
import { PasswordField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";

/** @param {{user: import("../../data/session.js").User}} props */
export function PasswordForm({ user }) {
  const form = useForm({ oldPassword: "", password: "" }, async ({ oldPassword, password }) => {
    await changePassword(oldPassword, password);
    form.settle({ oldPassword: "", password: "" });
    toast(t("profile.password.done"));
  });
  return html`
    <${Form} form=${form}>
      <input type="email" hidden autocomplete="username" value=${user.email} readonly />
      <${PasswordField} form=${form} name="oldPassword" label=${t("profile.password.old")} autocomplete="current-password" required />
      <${PasswordField} form=${form} name="password" label=${t("password.new")} autocomplete="new-password" required minlength=${shortestPassword} hint=${t("password.hint", { min: shortestPassword })} />
      <p class="faint">${t("profile.password.text")}</p>
      <div><${Button} type="submit" busy=${form.busy.value}>${t("profile.password.act")}<//></div>
    <//>
  `;
}
