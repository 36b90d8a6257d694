import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { online } from "../../data/live.js";
import { Icon } from "../icon.js";

/** Said once for all pages, which go on showing what they have read. */
export function OfflineBanner() {
  if (online.value) return null;
  return html`<div class="banner" role="status"><${Icon} name="wifi-off" />${t("shell.offline")}</div>`;
}
