import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { Button } from "./button.js";

/**
 * The way through a log, newest first.
 * @param {{page: {older: string, newer: string}, onMove: (place: {before: string, after: string}) => void}} props
 */
export function KeysetPager({ page: { older, newer }, onMove }) {
  if (!older && !newer) return null;
  return html`
    <nav class="pager no-print" aria-label=${t("pager")}>
      <${Button} small kind="quiet" disabled=${!newer} onClick=${() => onMove({ before: "", after: "" })}>${t("pager.newest")}<//>
      <${Button} small icon="chevron-left" disabled=${!newer} onClick=${() => onMove({ before: "", after: newer })}>${t("pager.newer")}<//>
      <${Button} small icon="chevron-right" disabled=${!older} onClick=${() => onMove({ before: older, after: "" })}>${t("pager.older")}<//>
    </nav>
  `;
}
