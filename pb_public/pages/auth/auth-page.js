import { html, useEffect } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Icon } from "../../parts/button.js";

/**
 * One narrow card in the middle: sign in, register and the like.
 * @param {{title: string, lead?: unknown, icon?: string, act?: unknown, foot?: unknown}} props act: the one button there is, when there is nothing to fill in
 */
export function AuthPage({ title, lead, icon, act, foot, children }) {
  useEffect(() => {
    document.title = `${title} · ${t("brand")}`;
  }, [title]);
  return html`
    <div class="auth">
      <div class="words">
        ${icon && html`<span class="sign"><${Icon} name=${icon} /></span>`}
        <h1 tabindex="-1">${title}</h1>
        ${lead && html`<p class="muted">${lead}</p>`}
      </div>
      ${children && html`<div class="card"><div class="inside">${children}</div></div>`}
      ${act && html`<div class="act">${act}</div>`}
      ${foot && html`<p class="foot">${foot}</p>`}
    </div>
  `;
}
