import { html } from "../html.js";
import paths from "../vendor/lucide-1.62.0.js";

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

/** A line icon beside words; it never stands for them. @param {{name: keyof typeof paths}} props */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${paths[name]} /></svg>`;
}
