import { html } from "../../html.js";
import { known, t } from "../../i18n/index.js";
import { href } from "../../router.js";
import { Icon } from "../../parts/icon.js";

const signs = { ok: "circle-check", warning: "triangle-alert", error: "circle-alert" };
const order = ["error", "warning", "ok"];

/** Where a finding is mended. */
const places = { audience: "audience", suppressed: "audience", subject: "message", variables: "message", links: "message", size: "message", template: "message", message: "message", unsubscribe: "message" };

/**
 * What the preflight found, the worst first.
 * @param {{checks: import("../../data/mailings.js").Check[], mailing: string}} props
 */
export function Checks({ checks, mailing }) {
  const sorted = [...checks].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  return html`
    <ul class="checks">
      ${sorted.map(
        ({ code, level, detail }) => html`
          <li key=${code} class=${level}>
            <${Icon} name=${signs[level]} />
            <div>
              <b>${words(code, level)}</b>
              ${detail && typeof detail === "string" && html`<p class="muted">${detail}</p>`}
            </div>
            ${level !== "ok" && places[code] && html`<a class="link push" href=${href(`/mailings/${mailing}/edit`, { step: places[code] })}>${t("check.mend")}</a>`}
          </li>
        `,
      )}
    </ul>
  `;
}

function words(code, level) {
  const key = [`check.${code}.${level}`, `check.${code}`].find(known);
  return key ? t(key) : code;
}
