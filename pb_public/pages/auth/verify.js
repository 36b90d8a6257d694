import { html, useEffect, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { askVerification, emailIn, verify } from "../../data/accounts.js";
import { me, refresh } from "../../data/session.js";
import { explain } from "../../data/trouble.js";
import { go } from "../../router.js";
import { Button } from "../../parts/button.js";
import { TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Skeleton } from "../../parts/skeleton.js";
import { toast } from "../../parts/toast.js";
import { TroubleState } from "../../parts/trouble.js";
import { AuthPage } from "./auth-page.js";

/** Opened from the letter: confirms the address. @param {{token: string}} props */
export default function VerifyPage({ token }) {
  const [state, setState] = useState("busy");
  const [trouble, setTrouble] = useState(null);
  const confirm = async () => {
    setState("busy");
    try {
      await verify(token);
      if (me.peek()) refresh();
      // Who is signed in already goes home; the rest sign in with what they have just confirmed.
      if (me.peek()) toast(t("verify.done"));
      go("/sign-in", { email: emailIn(token), after: "verify" }, { replace: true });
    } catch (error) {
      setTrouble(explain(error));
      setState(explain(error).kind === "invalid" ? "expired" : "trouble");
    }
  };
  useEffect(() => {
    confirm();
  }, [token]);
  const form = useForm({ email: emailIn(token) }, async ({ email }) => {
    await askVerification(email);
    toast(t("verify.sentAgain"));
  });
  if (state === "busy") return html`<${AuthPage} title=${t("verify.busy")}><${Skeleton} rows=${1} /><//>`;
  if (state === "trouble") return html`<${AuthPage} title=${t("verify.busy")}><${TroubleState} trouble=${trouble} retry=${confirm} /><//>`;
  return html`
    <${AuthPage} icon="circle-alert" title=${t("verify.expired")} lead=${t("verify.expired.text")}>
      <${Form} form=${form}>
        <${TextField} form=${form} name="email" type="email" label=${t("auth.email")} required autocomplete="email" />
        <${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("verify.ask")}<//>
      <//>
    <//>
  `;
}
