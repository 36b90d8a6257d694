import { html } from "../html.js";
import { known, number, t } from "../i18n/index.js";
import { Meter } from "./progress.js";

const shown = 5;

/** @typedef {{code: number, enhanced_code: string}} Reply */

/** Whether a server only asked to come again later. Where the two codes disagree, the enhanced one decides. @param {Reply} reply */
export const isDeferral = ({ code, enhanced_code: enhanced }) => (enhanced ? enhanced.startsWith("4.") : code >= 400 && code < 500);

/**
 * Why servers did not take mails: their codes in words, the commonest first. Refusals for good come apart from those for now,
 * of which nearly all end well.
 * @param {{codes: (Reply & {failure: number})[]}} props
 */
export function Reasons({ codes }) {
  const failures = codes.filter(({ failure }) => failure > 0).sort((a, b) => b.failure - a.failure);
  const refusals = failures.filter((reply) => !isDeferral(reply));
  const deferrals = failures.filter(isDeferral);
  const most = Math.max(1, ...failures.map(({ failure }) => failure));
  return html`
    ${refusals.length === 0 ? html`<p class="inside muted">${t("reasons.none")}</p>` : html`<${Replies} replies=${refusals} most=${most} />`}
    ${deferrals.length > 0 && html`
      <div class="reasons-later">
        <h3>${t("reasons.later")}</h3>
        <p class="muted">${t("reasons.later.text")}</p>
      </div>
      <${Replies} replies=${deferrals} most=${most} tone="warn" />
    `}
  `;
}

function Replies({ replies, most, tone = "bad" }) {
  return html`
    <ul class="reasons">
      ${replies.slice(0, shown).map(
        (reply) => html`
          <li key=${`${reply.code} ${reply.enhanced_code}`}>
            <div class="line"><span>${reason(reply)} <span class="faint num">${reply.enhanced_code || reply.code || ""}</span></span><b class="num">${number(reply.failure)}</b></div>
            <${Meter} share=${reply.failure / most} tone=${tone} />
          </li>
        `,
      )}
    </ul>
  `;
}

/** A refusal in words: by its enhanced code (RFC 3463), else by its kind. @param {Reply} reply */
export function reason(reply) {
  const { code, enhanced_code: enhanced } = reply;
  const tail = enhanced.replace(/^\d\./, "");
  const keys = [`smtp.${enhanced}`, `smtp.x.${tail}`, `smtp.x.${tail.split(".")[0]}`];
  const key = enhanced && keys.find(known);
  if (key) return t(key);
  if (!code) return t("smtp.none");
  return t(isDeferral(reply) ? "smtp.4" : "smtp.5");
}
