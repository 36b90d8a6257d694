import { html } from "../html.js";

/**
 * A row of big numbers with small labels.
 * @param {{items: {label: string, value: unknown, note?: unknown, href?: string}[]}} props
 */
export function Figures({ items }) {
  return html`
    <dl class="card stats">
      ${items.map(
        ({ label, value, note, href }) => html`
          <div class="stat" key=${label}>
            <dt class="k">${href ? html`<a href=${href}>${label}</a>` : label}</dt>
            <dd class="v">${value ?? html`<span class="bone figure"></span>`}</dd>
            ${note && html`<dd class="d">${note}</dd>`}
          </div>
        `,
      )}
    </dl>
  `;
}
