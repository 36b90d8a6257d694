import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { adminUI } from "../../data/session.js";
import { pb } from "../../data/pb.js";
import { Button } from "../../parts/button.js";

/** Opens the admin UI of PocketBase, signed in: it has a session of its own, which gets what this one has. */
export function AdminUI() {
  const { token, record } = pb.authStore;
  const signIn = () => localStorage.setItem(adminUI.key, JSON.stringify({ token, record }));
  return html`<${Button} icon="external-link" href=${adminUI.href} target="_blank" rel="noopener" title=${t("settings.admin.text")} onClick=${signIn} onAuxClick=${signIn}>${t("settings.admin")}<//>`;
}
