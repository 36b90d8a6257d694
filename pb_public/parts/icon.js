import { html } from "../html.js";
import paths from "../vendor/lucide-1.62.0.js";

/** A line icon beside words; it never stands for them. @param {{name: keyof typeof paths}} props */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${paths[name]} /></svg>`;
}
