import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { href } from "../router.js";

/** The mark and the name; leads home. */
export function Brand() {
  return html`
    <a class="brand" href=${href("/")}>
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect class="plate" width="32" height="32" rx="8" />
        <path class="wing" d="m24.5 8-13.2 7.2 4.1 2.3 2.3 4.3z" />
        <path class="wind" d="M7.5 12.5h4M6 17h4M8.5 21.5h3" fill="none" />
      </svg>
      ${t("brand")}
    </a>
  `;
}
