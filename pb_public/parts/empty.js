import { html } from "../html.js";
import { Icon } from "./button.js";

/**
 * Nothing is here, and what to do about it.
 * @param {{icon?: string, title: string, acts?: unknown}} props
 */
export function Empty({ icon = "inbox", title, acts, children }) {
  return html`
    <div class="empty">
      <span class="sign"><${Icon} name=${icon} /></span>
      <h2>${title}</h2>
      ${children && html`<p class="muted">${children}</p>`}
      ${acts && html`<div class="row">${acts}</div>`}
    </div>
  `;
}
