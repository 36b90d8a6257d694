import { html, useState } from "../html.js";
import { bytes, t } from "../i18n/index.js";
import { Button } from "./button.js";

const views = ["html", "text", "source"];

/**
 * A mail as its recipient sees it. The frame is sandboxed: nothing of a message runs, and it cannot reach the page.
 * @param {{preview: import("../data/mailings.js").Preview}} props
 */
export function Preview({ preview }) {
  const [view, setView] = useState(preview.html ? "html" : "text");
  const [phone, setPhone] = useState(false);
  return html`
    <div class="preview">
      <div class="preview-bar">
        <div class="segments" role="group" aria-label=${t("preview.view")}>
          ${views.map((name) => (preview[name] || name !== "html") && html`<button key=${name} type="button" aria-pressed=${view === name} onClick=${() => setView(name)}>${t(`preview.${name}`)}</button>`)}
        </div>
        ${view === "html" && html`
          <span class="push row">
            <${Button} kind="quiet" small icon="monitor" label=${t("preview.desktop")} aria-pressed=${!phone} onClick=${() => setPhone(false)} />
            <${Button} kind="quiet" small icon="smartphone" label=${t("preview.phone")} aria-pressed=${phone} onClick=${() => setPhone(true)} />
          </span>
        `}
        ${view === "source" && html`<span class="push faint num">${bytes(new Blob([preview.source]).size)}</span>`}
      </div>
      <p class="preview-subject"><span class="faint">${t("preview.subject")}</span> <b>${preview.subject}</b></p>
      ${view === "html"
        ? html`<div class=${phone ? "preview-frame phone" : "preview-frame"}><iframe title=${t("preview")} sandbox="" srcdoc=${preview.html}></iframe></div>`
        : html`<pre class="preview-text" tabindex="0">${preview[view]}</pre>`}
    </div>
  `;
}
