import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { Icon } from "./button.js";

/**
 * Steps of a longer task. Those that can be gone to are links.
 * @param {{steps: {key: string, title: string, href?: string, onClick?: (event: MouseEvent) => void, done?: boolean}[], current: string, label?: string}} props
 */
export function Stepper({ steps, current, label = t("stepper") }) {
  return html`
    <nav aria-label=${label}>
      <ol class="stepper">
        ${steps.map(({ key, title, href, onClick, done }, i) => {
          const inside = html`<span class="sign">${done ? html`<${Icon} name="check" />` : i + 1}</span><span class="title">${title}</span>`;
          const look = done ? "done" : "";
          return html`<li key=${key} class=${look} aria-current=${key === current ? "step" : undefined}>${href && key !== current ? html`<a href=${href} onClick=${onClick}>${inside}</a>` : inside}</li>`;
        })}
      </ol>
    </nav>
  `;
}
