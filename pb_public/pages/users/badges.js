import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Badge } from "../../parts/badge.js";

/** Role and what is not as usual about a user. @param {{user: import("../../data/users.js").SeenUser}} props */
export function UserBadges({ user: { role, blocked, block_reason: reason, awaiting_approval: awaiting, verified } }) {
  return html`
    <span class="row">
      <${Badge} tone=${role === "manager" ? "key" : "idle"}>${t(`user.role.${role || "owner"}`)}<//>
      ${blocked && html`<${Badge} tone="bad" title=${reason}>${t("user.blocked")}<//>`}
      ${awaiting && html`<${Badge} tone="warn">${t("user.awaiting")}<//>`}
      ${!verified && html`<${Badge}>${t("user.unverified")}<//>`}
    </span>
  `;
}
