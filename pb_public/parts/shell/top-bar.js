import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { me } from "../../data/session.js";
import { Avatar } from "../avatar.js";
import { Brand } from "../brand.js";
import { UserMenu } from "./user-menu.js";

/** The name of the service and the user, above the page on a phone. */
export function TopBar() {
  return html`
    <header class="topbar">
      <${Brand} />
      <div class="acts">
        <${UserMenu} opener=${(attributes) => html`<button type="button" ...${attributes}><span class="unseen">${t("me.menu")}</span><${Avatar} user=${me.value} /></button>`} />
      </div>
    </header>
  `;
}
