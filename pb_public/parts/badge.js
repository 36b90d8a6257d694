import { html } from "../html.js";

/**
 * A state in one or two words.
 * @param {{tone?: "idle" | "ok" | "bad" | "warn" | "run" | "plan" | "key", title?: string}} props
 */
export function Badge({ tone = "idle", title, children }) {
  return html`<span class=${`badge ${tone}`} title=${title}>${children}</span>`;
}
