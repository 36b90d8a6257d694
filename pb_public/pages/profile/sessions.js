import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { signOutEverywhere } from "../../data/session.js";
import { go } from "../../router.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { toast, toastTrouble } from "../../parts/toast.js";

/** When a device was lost, or somebody else's was used. */
export function Sessions() {
  const [busy, setBusy] = useState(false);
  const leave = async () => {
    if (!(await ask({ title: t("sessions.title"), text: t("sessions.ask"), act: t("sessions.act") }))) return;
    setBusy(true);
    try {
      await signOutEverywhere();
      go("/sign-in", {}, { replace: true });
      toast(t("sessions.done"));
    } catch (error) {
      toastTrouble(error);
      setBusy(false);
    }
  };
  return html`
    <p class="muted">${t("sessions.text")}</p>
    <div><${Button} icon="log-out" busy=${busy} onClick=${leave}>${t("sessions.act")}<//></div>
  `;
}
