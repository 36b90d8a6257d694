import { html } from "../html.js";
import { t } from "../i18n/index.js";

/** The outline of what is being read. @param {{rows?: number}} props */
export function Skeleton({ rows = 5 }) {
  return html`
    <div class="skeleton" role="status" aria-label=${t("loading")}>
      ${Array.from({ length: rows }, (_, i) => html`<div key=${i}><span class="bone"></span><span class="bone"></span></div>`)}
    </div>
  `;
}
