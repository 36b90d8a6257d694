import { html } from "../../html.js";
import { day, t } from "../../i18n/index.js";
import { useHealth } from "../../data/health.js";
import { Button } from "../../parts/button.js";
import { Loaded } from "../../parts/loaded.js";
import { Card, PageHead } from "../../parts/page.js";
import { Findings } from "./findings.js";

/** How the service does, and what to do about what is wrong. */
export default function HealthPage() {
  const health = useHealth();
  return html`
    <${PageHead} title=${t("settings.health")} lead=${t("health.lead")} acts=${html`<${Button} icon="rotate-cw" busy=${health.busy} onClick=${health.reload}>${t("health.again")}<//>`} />
    <${Loaded} query=${health} rows=${10}>${({ checks, version }) => html`
      <${Card} title=${t(summary(checks), { count: problemsIn(checks) })} flush><${Findings} findings=${checks} /><//>
      <p class="muted">${t("health.build", { version: version.version, go: version.go, platform: version.platform })}${version.date && ` · ${day(version.date)}`}</p>
    `}<//>
  `;
}

/** @param {import("../../data/health.js").Finding[]} checks */
export const problemsIn = (checks) => checks.filter(({ level }) => level !== "ok").length;

const summary = (checks) => (problemsIn(checks) === 0 ? "health.fine" : "health.problems");
