import { html } from "../../html.js";
import { language, t } from "../../i18n/index.js";
import { shortestPassword } from "../../data/accounts.js";
import { makeManager, useSetup } from "../../data/setup.js";
import { Button } from "../../parts/button.js";
import { PasswordField, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Note } from "../../parts/note.js";
import { Onward } from "./onward.js";

/** The first account of the service itself. @param {{onward: () => void}} props */
export function ManagerStep({ onward }) {
  const isThere = useSetup().data?.steps.find(({ name }) => name === "manager")?.done;
  const form = useForm({ name: "", email: "", password: "" }, async (values) => {
    await makeManager({ ...values, language: language.peek() });
    onward();
  });
  if (isThere) return html`<${Note} tone="ok">${t("setup.manager.there")}<//><div><${Button} kind="primary" onClick=${onward}>${t("setup.next")}<//></div>`;
  return html`
    <${Form} form=${form}>
      <${TextField} form=${form} name="name" label=${t("auth.name")} autocomplete="off" required maxlength="100" />
      <${TextField} form=${form} name="email" type="email" label=${t("auth.email")} autocomplete="off" required />
      <${PasswordField} form=${form} name="password" label=${t("auth.password")} autocomplete="new-password" required minlength=${shortestPassword} hint=${t("password.hint", { min: shortestPassword })} />
      <${Onward} form=${form} skip=${onward} />
    <//>
  `;
}
