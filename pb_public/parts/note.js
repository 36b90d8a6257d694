import { html } from "../html.js";
import { Icon } from "./button.js";

const icons = { info: "info", ok: "circle-check", warn: "triangle-alert", bad: "circle-alert" };

/**
 * Something to know before going on, with what can be done about it.
 * @param {{tone?: "info" | "ok" | "warn" | "bad", acts?: unknown, live?: boolean}} props live: read out when it appears
 */
export function Note({ tone = "info", acts, live = false, children }) {
  return html`
    <div class=${`note ${tone}`} role=${live ? "alert" : undefined}>
      <${Icon} name=${icons[tone]} />
      <div class="words">${children}</div>
      ${acts && html`<div class="acts">${acts}</div>`}
    </div>
  `;
}
