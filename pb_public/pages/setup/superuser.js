import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { shortestPassword } from "../../data/accounts.js";
import { useQuery } from "../../data/query.js";
import { checkToken, makeSuperuser } from "../../data/setup.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { PasswordField, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Skeleton } from "../../parts/skeleton.js";
import { AuthPage } from "../auth/auth-page.js";

/** Makes the first superuser, as long as the token is good. @param {{token: string}} props */
export function FirstSuperuser({ token }) {
  const { data, trouble } = useQuery(["setupToken", token], (signal) => checkToken(token, signal));
  const form = useForm({ email: "", password: "" }, (values) => makeSuperuser(token, values));
  const code = trouble?.codes.token ?? form.trouble.value?.codes.token;
  if (code) return html`<${Refused} code=${code} />`;
  if (trouble) return html`<${AuthPage} icon="circle-alert" title=${trouble.title} lead=${trouble.advice} />`;
  if (!data) return html`<${AuthPage} title=${t("setup.superuser.title")}><${Skeleton} rows=${3} /><//>`;
  return html`
    <${AuthPage} title=${t("setup.superuser.title")} lead=${t("setup.superuser.lead")}>
      <${Form} form=${form}>
        <${TextField} form=${form} name="email" type="email" label=${t("auth.email")} hint=${t("setup.superuser.email")} autocomplete="username" required autofocus />
        <${PasswordField} form=${form} name="password" label=${t("auth.password")} autocomplete="new-password" required minlength=${shortestPassword} hint=${t("password.hint", { min: shortestPassword })} />
        <${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("setup.superuser.act")}<//>
      <//>
    <//>
  `;
}

/** Why the link is not good, and what to do. @param {{code: string}} props */
function Refused({ code }) {
  const isDone = code === "setup_done";
  const act = isDone && html`<${Button} kind="primary" href=${href("/sign-in", { next: "/setup" })}>${t("auth.signIn")}<//>`;
  return html`<${AuthPage} icon=${isDone ? "circle-check" : "circle-alert"} title=${t(`setup.refused.${code}`)} lead=${t(`setup.refused.${code}.text`)} act=${act} />`;
}
