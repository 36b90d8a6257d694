import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { online } from "../../data/connection.js";
import { Icon } from "../button.js";

/** Said once for all pages, which go on showing what they have read. */
export function OfflineBanner() {
  // Always there, for screen readers say only what appears in a region that they know.
  return html`<div role="status">${!online.value && html`<div class="banner"><${Icon} name="wifi-off" />${t(navigator.onLine ? "shell.unreachable" : "shell.offline")}</div>`}</div>`;
}
