import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Badge } from "../../parts/badge.js";

/** Whether a form takes sign-ups. @param {{active: boolean}} props */
export const FormBadge = ({ active }) => html`<${Badge} tone=${active ? "ok" : "idle"}>${t(active ? "forms.on" : "forms.off")}<//>`;
