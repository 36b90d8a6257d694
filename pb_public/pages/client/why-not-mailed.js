import { html } from "../../html.js";
import { day, t, when } from "../../i18n/index.js";
import { asWritten } from "../../data/idn.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { Note } from "../../parts/note.js";
import { removeSuppression } from "../suppressions/remove.js";

/** Why a client gets no mail, and the way to change it. @param {{suppression: import("../../data/suppressions.js").Suppression, own: boolean}} props */
export function WhyNotMailed({ suppression, own }) {
  const { kind, value, reason, until, mailing, note, created } = suppression;
  return html`
    <${Note} tone=${["manual", "paused"].includes(reason) ? "info" : "warn"} acts=${own && html`<${Button} onClick=${() => removeSuppression(suppression)}>${t("suppression.remove")}<//>`}>
      <b>${kind === "domain" ? t("client.stopped.domain", { domain: asWritten(value) }) : t(`client.stopped.${reason}`)}</b>${" "}
      ${until && html`${t("client.stopped.until", { day: day(until) })}${" "}`}
      ${t("client.stopped.since", { when: when(created) })}${mailing && html`${" "}<a class="link" href=${href(`/mailings/${mailing}`)}>${t("suppression.mailing")}</a>.`}
      ${note && html`<p class="muted">${note}</p>`}
    <//>
  `;
}
