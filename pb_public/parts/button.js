import { html } from "../html.js";
import { Icon } from "./icon.js";

/**
 * A verb to press, or with href a link that looks like one.
 * @param {object} props
 * @param {"plain" | "primary" | "quiet" | "danger"} [props.kind]
 * @param {string} [props.icon]
 * @param {string} [props.href]
 * @param {boolean} [props.busy]  being carried out: shows so and takes no second click
 * @param {boolean} [props.small]
 * @param {string} [props.label]  what an icon alone is called
 */
export function Button({ kind = "plain", icon, href, busy = false, small = false, label, children, disabled = false, type = "button", ...rest }) {
  const look = ["btn", kind, small && "small", label && "alone"].filter(Boolean).join(" ");
  const inside = html`${busy ? html`<span class="spinner" aria-hidden="true"></span>` : icon && html`<${Icon} name=${icon} />`}${children}`;
  if (href && !disabled) return html`<a class=${look} href=${href} aria-label=${label} title=${label} ...${rest}>${inside}</a>`;
  return html`
    <button class=${look} type=${type} disabled=${disabled} aria-busy=${busy || undefined} aria-label=${label} title=${label}
      ...${rest} onClick=${busy ? stop : rest.onClick}>${inside}</button>
  `;
}

function stop(event) {
  event.preventDefault();
}
