import { html, useEffect, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { askCode, enterCode } from "../../data/accounts.js";
import { explain } from "../../data/trouble.js";
import { Button } from "../../parts/button.js";
import { TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Note } from "../../parts/note.js";
import { toast } from "../../parts/toast.js";
import { TroubleNote } from "../../parts/trouble.js";
import { AuthPage } from "./auth-page.js";

/**
 * After the password, the code that was sent by email: where multi-factor authentication is on for these accounts.
 * @param {{collection: string, mfaId: string, email: string, onBack: () => void}} props
 */
export default function SecondFactor({ collection, mfaId, email, onBack }) {
  const [code, sent] = useState("");
  const [trouble, setTrouble] = useState(null);
  const [wrong, refuse] = useState(false);
  const send = () => {
    setTrouble(null);
    return askCode(collection, email).then(sent, (error) => setTrouble(explain(error)));
  };
  useEffect(() => {
    send();
  }, []);
  const form = useForm({ code: "" }, async ({ code: typed }) => {
    refuse(false);
    try {
      await enterCode(collection, code, typed.trim(), mfaId);
    } catch (error) {
      // The time in which the password counts is over too: it is asked for again.
      if (error.status !== 400) throw error;
      refuse(true);
    }
  });
  const foot = html`<button class="link" type="button" onClick=${onBack}>${t("factor.back")}</button>`;
  return html`
    <${AuthPage} title=${t("factor.title")} lead=${code && t("factor.sent", { email })} foot=${foot}>
      ${trouble && html`<${TroubleNote} trouble=${trouble} retry=${send} /><p class="muted">${t(trouble.kind === "forbidden" ? "factor.other" : "factor.unsent")}</p>`}
      ${wrong && html`<${Note} tone="bad" live>${t("factor.wrong")}<//>`}
      ${code && html`
        <${Form} form=${form}>
          <${TextField} form=${form} name="code" label=${t("factor.code")} required autofocus inputmode="numeric" autocomplete="one-time-code" />
          <${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("auth.signIn")}<//>
          <${Button} kind="quiet" onClick=${() => send().then(() => toast(t("factor.again.done")))}>${t("factor.again")}<//>
        <//>
      `}
    <//>
  `;
}
