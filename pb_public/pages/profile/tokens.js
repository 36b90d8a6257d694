import { html, useState } from "../../html.js";
import { ago, day, listed, t } from "../../i18n/index.js";
import { revokeToken, useTokens } from "../../data/tokens.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { TroubleNote } from "../../parts/trouble.js";
import { TokenDialog } from "./token-dialog.js";

/** What programs sign in with. */
export function Tokens() {
  const { data, trouble, reload } = useTokens();
  const [making, make] = useState(false);
  return html`
    <p class="muted">${t("tokens.text")}</p>
    <${TroubleNote} trouble=${trouble} retry=${reload} />
    ${data?.length > 0 && html`<ul class="token-list">${data.map((token) => html`<${TokenRow} key=${token.id} token=${token} />`)}</ul>`}
    <div><${Button} icon="plus" onClick=${() => make(true)}>${t("tokens.new")}<//></div>
    ${making && html`<${TokenDialog} onClose=${() => make(false)} />`}
  `;
}

/** @param {{token: import("../../data/tokens.js").Token}} props */
function TokenRow({ token: { id, name, scope, expires, last_used_at: used } }) {
  const revoke = async () => {
    if (!(await ask({ title: t("tokens.revoke.title", { name }), text: t("tokens.revoke.text"), act: t("tokens.revoke"), grave: true }))) return;
    try {
      await revokeToken(id);
      toast(t("tokens.revoked"));
    } catch (error) {
      toastTrouble(error);
    }
  };
  const facts = [
    listed(scope.map((one) => t(`tokens.scope.${one}`).toLocaleLowerCase())),
    used ? t("tokens.used", { when: ago(used) }) : t("tokens.unused"),
    expires && (new Date(expires) > new Date() ? t("tokens.until", { day: day(expires) }) : t("tokens.expired")),
  ];
  return html`
    <li>
      <span class="who"><b>${name}</b><small>${facts.filter(Boolean).join(" · ")}</small></span>
      <${Button} small onClick=${revoke} aria-label=${t("tokens.revoke.of", { name })}>${t("tokens.revoke")}<//>
    </li>
  `;
}
