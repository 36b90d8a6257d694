import { html } from "../../html.js";
import { bytes, t } from "../../i18n/index.js";
import { Checks } from "../../parts/checks.js";
import { Icon } from "../../parts/button.js";

/** A letter that is shown can be read and is there: nothing to be told of. */
const plain = ["message", "template"];

/** What preflight will say of a letter, in one line while it is written, and in full on demand. @param {{checks: import("../../data/mailings.js").Check[]}} props */
export function LetterChecks({ checks }) {
  const told = checks.filter(({ code }) => !plain.includes(code));
  const found = told.filter(({ level }) => level !== "ok");
  const detail = (code) => checks.find((check) => check.code === code)?.detail ?? {};
  const worst = found.some(({ level }) => level === "error") ? "error" : found.length > 0 ? "warning" : "ok";
  return html`
    <details class="letter-checks">
      <summary>
        <span class=${worst}><${Icon} name=${{ error: "circle-alert", warning: "triangle-alert", ok: "circle-check" }[worst]} />${found.length > 0 ? t("check.found", { count: found.length }) : t("check.fine")}</span>
        <span class="push faint num">${t("check.links.total", { count: detail("links").total ?? 0 })} · ${bytes(detail("size").bytes ?? 0)}</span>
      </summary>
      <${Checks} checks=${told} whole />
    </details>
  `;
}
