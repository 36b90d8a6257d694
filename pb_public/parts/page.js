import { html, useEffect } from "../html.js";
import { t } from "../i18n/index.js";

/**
 * The top of a page: where it is, what it is, what can be done. Sets the window's title too.
 * @param {object} props
 * @param {string} props.title
 * @param {string} [props.tab]     what the window is called, where the title does not say where one is
 * @param {unknown} [props.crumb]  a link one step up
 * @param {unknown} [props.lead]   one sentence below the title
 * @param {unknown} [props.badge]  beside the title
 * @param {unknown} [props.acts]   buttons
 */
export function PageHead({ title, tab = title, crumb, lead, badge, acts }) {
  useEffect(() => {
    document.title = `${tab} · ${t("brand")}`;
  }, [tab]);
  return html`
    <header class="head">
      <div class="words">
        ${crumb && html`<p class="crumb">${crumb}</p>`}
        <h1 tabindex="-1">${title}${badge && html` ${badge}`}</h1>
        ${lead && html`<p class="lead">${lead}</p>`}
      </div>
      ${acts && html`<div class="acts no-print">${acts}</div>`}
    </header>
  `;
}

/**
 * A surface with a head line.
 * @param {{title?: unknown, right?: unknown, badge?: unknown, flush?: boolean, label?: string}} props flush: the content reaches the edges
 */
export function Card({ title, right, badge, flush = false, label, children }) {
  return html`
    <section class="card" aria-label=${label}>
      ${title && html`<header>${badge}<h2>${title}</h2>${right && html`<div class="right">${right}</div>`}</header>`}
      ${flush ? children : html`<div class="inside">${children}</div>`}
    </section>
  `;
}
