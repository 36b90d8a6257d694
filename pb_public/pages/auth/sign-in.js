import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { askVerification, signIn } from "../../data/accounts.js";
import { ended } from "../../data/session.js";
import { instance } from "../../data/instance.js";
import { explain } from "../../data/trouble.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { PasswordField, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Later } from "../../parts/later.js";
import { Note } from "../../parts/note.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { AuthPage } from "./auth-page.js";

/** What led here from a letter, said above the form. */
const done = ["verify", "reset", "emailChange"];

/** @param {{query: {email?: string, after?: string, as?: string}}} props as: "superuser" for who is one and a user with the same address and password */
export default function SignInPage({ query }) {
  const [refused, refuse] = useState("");
  const [reason, because] = useState("");
  const [factor, askFor] = useState(/** @type {null | {collection: string, mfaId: string, email: string}} */ (null));
  const form = useForm({ email: query.email ?? "", password: "" }, async ({ email, password }) => {
    refuse("");
    try {
      await signIn(email, password, query.as === "superuser");
    } catch (error) {
      const superuser = error.url?.includes("/_superusers/");
      const { mfaId } = error.response ?? {};
      if (error.status === 401 && mfaId) return askFor({ collection: superuser ? "_superusers" : "users", mfaId, email: email.trim() });
      // 400: wrong address or password, whichever. 403: both are right, and the code says what stands in the way.
      const { kind, codes, details } = explain(error);
      if (kind !== "invalid" && kind !== "forbidden") throw error;
      because(reasonIn(details.identity));
      refuse(kind === "invalid" ? "wrong" : (codes.identity ?? (superuser ? "superuser" : "not_verified")));
    }
  });
  if (factor) return html`<${Later} load=${() => import("./second-factor.js")} words="factor" ...${factor} onBack=${() => askFor(null)} />`;
  const again = () => askVerification(form.values.peek().email).then(() => toast(t("verify.sentAgain")), toastTrouble);
  const foot = instance.value?.registration !== "closed" && html`${t("signIn.new")} <a class="link" href=${href("/register")}>${t("auth.register")}</a>`;
  return html`
    <${AuthPage} title=${t("signIn.title")} foot=${foot}>
      ${done.includes(query.after) && !refused && html`<${Note} tone="ok" live><b>${t(`${query.after}.done`)}.</b> ${t(`${query.after}.done.text`)}<//>`}
      ${ended.value && html`<${Note} tone="warn" live>${t("signIn.ended")}<//>`}
      ${refused === "wrong" && html`<${Note} tone="bad" live>${t("signIn.refused")}<//>`}
      ${refused === "blocked" && html`<${Note} tone="bad" live>${t("signIn.blocked")} ${reason && t("signIn.blocked.why", { reason })} ${t("signIn.blocked.ask")}<//>`}
      ${refused === "superuser" && html`<${Note} tone="bad" live>${t("signIn.superuser")}<//>`}
      ${refused === "not_verified" && html`<${Note} tone="warn" live acts=${html`<${Button} small onClick=${again}>${t("verify.ask")}<//>`}>${t("signIn.unconfirmed")}<//>`}
      <${Form} form=${form}>
        <${TextField} form=${form} name="email" type="email" label=${t("auth.email")} required autocomplete="username" autofocus=${!query.email} />
        <${PasswordField} form=${form} name="password" label=${t("auth.password")} required autocomplete="current-password" autofocus=${Boolean(query.email)}
          aside=${html`<a class="link" href=${href("/forgot")}>${t("signIn.forgot")}</a>`} />
        <${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("auth.signIn")}<//>
      <//>
    <//>
  `;
}

/** What the manager gave as the reason: the server puts it after its own words. */
const reasonIn = (said = "") => said.split(": ").slice(1).join(": ").replace(/\.$/, "");
