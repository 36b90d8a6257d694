import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { act } from "../../data/mailings.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { Note } from "../../parts/note.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { askToRetry } from "./questions.js";

/** Those who may or may not have got their mail: only the owner can decide, and is told what either choice means. @param {{mailing: import("../../data/mailings.js").Mailing}} props */
export function Uncertain({ mailing: { id, uncertain, status, blocked } }) {
  const [busy, setBusy] = useState("");
  const decide = async (verb, body) => {
    setBusy(verb);
    try {
      await act(id, verb, body);
      toast(t(`uncertain.${verb}.done`, { count: uncertain }));
    } catch (error) {
      toastTrouble(error);
    }
    setBusy("");
  };
  const again = async () => {
    if (await askToRetry("uncertain", uncertain)) decide("retry", { states: ["uncertain"] });
  };
  const accept = async () => {
    if (await ask({ title: t("uncertain.accept.title", { count: uncertain }), text: t("uncertain.accept.text"), act: t("uncertain.accept") })) decide("accept");
  };
  return html`
    <${Note} tone="warn">
      <b>${t("uncertain.head", { count: uncertain })}</b> ${t("uncertain.text")}
      ${status !== "cancelled" && html`
        <ul class="choices">
          ${!blocked && html`<li><p>${t("uncertain.retry.means")}</p><${Button} small icon="rotate-cw" busy=${busy === "retry"} onClick=${again}>${t("uncertain.retry")}<//></li>`}
          <li><p>${t("uncertain.accept.means")}</p><${Button} small icon="check" busy=${busy === "accept"} onClick=${accept}>${t("uncertain.accept")}<//></li>
        </ul>
      `}
    <//>
  `;
}
