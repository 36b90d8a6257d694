import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { Button, Icon } from "./button.js";
import { Note } from "./note.js";

const signs = { offline: "wifi-off", missing: "circle-question-mark", forbidden: "lock", signedOut: "lock", tooMany: "hourglass" };

/**
 * A page or a card that could not be read: what happened, what to do, the server's own words folded away.
 * @param {{trouble: import("../data/trouble.js").Trouble, retry?: () => void}} props
 */
export function TroubleState({ trouble, retry }) {
  return html`
    <div class="empty" role="alert">
      <span class="sign"><${Icon} name=${signs[trouble.kind] ?? "triangle-alert"} /></span>
      <h2>${trouble.title}</h2>
      <p class="muted">${trouble.advice}</p>
      ${retry && html`<${Button} icon="rotate-cw" onClick=${retry}>${t("do.retry")}<//>`}
      <${Detail} trouble=${trouble} />
    </div>
  `;
}

/** The same in one line, above a form or over data that is still shown. @param {{trouble: import("../data/trouble.js").Trouble | null, retry?: () => void}} props */
export function TroubleNote({ trouble, retry }) {
  if (!trouble || trouble.kind === "aborted") return null;
  const acts = retry && html`<${Button} small icon="rotate-cw" onClick=${retry}>${t("do.retry")}<//>`;
  return html`
    <${Note} tone=${trouble.kind === "offline" ? "warn" : "bad"} live acts=${acts}>
      <b>${trouble.title}</b> ${trouble.advice}
      <${Detail} trouble=${trouble} />
    <//>
  `;
}

function Detail({ trouble: { detail, title } }) {
  if (!detail || detail === title) return null;
  return html`<details class="detail"><summary>${t("trouble.detail")}</summary><p class="said">${detail}</p></details>`;
}
