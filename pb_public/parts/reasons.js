import { html } from "../html.js";
import { known, number, t } from "../i18n/index.js";
import { Meter } from "./progress.js";

const shown = 5;

/**
 * Why servers did not take mails: their codes in words, the commonest first.
 * @param {{codes: {code: number, enhanced_code: string, failure: number}[]}} props
 */
export function Reasons({ codes }) {
  const refusals = codes.filter(({ failure }) => failure > 0);
  if (refusals.length === 0) return html`<p class="inside muted">${t("reasons.none")}</p>`;
  const most = Math.max(...refusals.map(({ failure }) => failure));
  return html`
    <ul class="reasons">
      ${[...refusals]
        .sort((a, b) => b.failure - a.failure)
        .slice(0, shown)
        .map(
          (refusal) => html`
            <li key=${`${refusal.code} ${refusal.enhanced_code}`}>
              <div class="line"><span>${reason(refusal)} <span class="faint num">${refusal.enhanced_code || refusal.code || ""}</span></span><b class="num">${number(refusal.failure)}</b></div>
              <${Meter} share=${refusal.failure / most} />
            </li>
          `,
        )}
    </ul>
  `;
}

/** A refusal in words: by its enhanced code (RFC 3463), else by its kind. @param {{code: number, enhanced_code: string}} refusal */
export function reason({ code, enhanced_code: enhanced }) {
  const tail = enhanced.replace(/^\d\./, "");
  const keys = [`smtp.${enhanced}`, `smtp.x.${tail}`, `smtp.x.${tail.split(".")[0]}`];
  const key = enhanced && keys.find(known);
  if (key) return t(key);
  if (!code) return t("smtp.none");
  return t(code < 500 ? "smtp.4" : "smtp.5");
}
