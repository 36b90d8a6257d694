import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { act } from "../../data/mailings.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { Note } from "../../parts/note.js";
import { toast, toastTrouble } from "../../parts/toast.js";

/** Those who may or may not have got their mail: only the owner can decide. @param {{mailing: import("../../data/mailings.js").Mailing}} props */
export function Uncertain({ mailing: { id, uncertain, status } }) {
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
    if (await ask({ title: t("uncertain.retry.title"), text: t("uncertain.retry.text"), act: t("uncertain.retry") })) decide("retry", { states: ["uncertain"] });
  };
  const acts = status !== "cancelled" && html`
    <${Button} busy=${busy === "retry"} onClick=${again}>${t("uncertain.retry")}<//>
    <${Button} busy=${busy === "accept"} onClick=${() => decide("accept")}>${t("uncertain.accept")}<//>
  `;
  return html`<${Note} tone="warn" acts=${acts}><b>${t("uncertain.head", { count: uncertain })}</b> ${t("uncertain.text")}<//>`;
}
