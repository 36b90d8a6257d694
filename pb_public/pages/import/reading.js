import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Card } from "../../parts/page.js";
import { Meter } from "../../parts/progress.js";

/** How far the reading of a file is; how long it is nobody knows yet, unless it was read before. @param {{found: import("../../data/imports.js").Import, expected?: number}} props */
export function Reading({ found: { file_name: name, status, total }, expected = 0 }) {
  return html`
    <${Card}>
      <div class="stack tight" role="status">
        <h2>${t(status === "queued" ? "import.queued" : "import.reading", { name })}</h2>
        <p class="muted num">${expected > 0 ? t("import.rows.of", { count: Math.min(total, expected), total: expected }) : total > 0 ? t("import.rows", { count: total }) : "\u00a0"}</p>
        ${expected > 0 ? html`<${Meter} tone="accent" share=${total / expected} />` : html`<div class="meter going" aria-hidden="true"><i></i></div>`}
      </div>
    <//>
  `;
}
