import { html, useMemo, useState } from "../html.js";
import { bytes, t } from "../i18n/index.js";
import { Button } from "./button.js";
import { LetterFrame } from "./letter-frame.js";

const views = ["html", "text", "source"];

/**
 * A mail as its recipient sees it: on a computer or a phone, in light or dark, as text, and as it goes over the wire.
 * @param {{preview: import("../data/mailings.js").Preview}} props
 */
export function Preview({ preview }) {
  const [wanted, setView] = useState("html");
  // On a phone the letter is shown as the phone at hand would.
  const [phone, setPhone] = useState(() => matchMedia("(max-width: 760px)").matches);
  const [dark, setDark] = useState(false);
  const view = preview[wanted] || wanted === "source" ? wanted : "text";
  const size = useMemo(() => new Blob([preview.source]).size, [preview.source]);
  return html`
    <div class="preview">
      <div class="preview-bar">
        <div class="segments" role="group" aria-label=${t("preview.view")}>
          ${views.map((name) => (preview[name] || name !== "html") && html`<button key=${name} type="button" aria-pressed=${view === name} onClick=${() => setView(name)}>${t(`preview.${name}`)}</button>`)}
        </div>
        ${view === "html" && html`
          <span class="push row tight">
            <${Button} kind="quiet" small icon="monitor" label=${t("preview.desktop")} aria-pressed=${!phone} onClick=${() => setPhone(false)} />
            <${Button} kind="quiet" small icon="smartphone" label=${t("preview.phone")} aria-pressed=${phone} onClick=${() => setPhone(true)} />
            <${Button} kind="quiet" small icon="moon" label=${t("preview.dark")} aria-pressed=${dark} onClick=${() => setDark(!dark)} />
          </span>
        `}
        ${view === "source" && html`<span class="push faint num">${bytes(size)}</span>`}
      </div>
      <p class="preview-subject"><span class="faint">${t("preview.subject")}</span> <b>${preview.subject || "—"}</b></p>
      ${view === "html"
        ? html`<${LetterFrame} letter=${preview.html} phone=${phone} dark=${dark} />`
        : html`<pre class="preview-text" tabindex="0" role="region" aria-label=${t(`preview.${view}`)}>${preview[view]}</pre>`}
    </div>
  `;
}
