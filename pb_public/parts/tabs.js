import { html } from "../html.js";
import { number } from "../i18n/index.js";

/**
 * Views of the same thing side by side. Each has an address, so these are links.
 * @param {{label: string, current: string, items: {key: string, title: string, href: string, count?: number}[]}} props
 */
export function Tabs({ label, current, items }) {
  return html`
    <nav class="tabs" aria-label=${label}>
      ${items.map(
        ({ key, title, href, count }) => html`
          <a key=${key} href=${href} aria-current=${key === current ? "true" : undefined}>${title}${count !== undefined && html`<span class="count">${number(count)}</span>`}</a>
        `,
      )}
    </nav>
  `;
}
