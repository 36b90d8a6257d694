import { html } from "../../../html.js";
import { number, t } from "../../../i18n/index.js";
import { Badge } from "../../../parts/badge.js";

const tones = { ok: "ok", off: "idle", trouble: "bad", used_up: "warn", unset: "bad" };

/** How a mail server does, in a word. @param {{state?: keyof typeof tones}} props unset: there is none */
export const StateBadge = ({ state }) => state && html`<${Badge} tone=${tones[state]}>${t(`server.state.${state}`)}<//>`;

/** How many emails went out today, of how many. @param {import("../../../data/servers.js").Status} status */
export const today = ({ used, limit }) => (limit > 0 ? t("server.today.of", { used, limit }) : number(used));
