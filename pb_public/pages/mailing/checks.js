import { html } from "../../html.js";
import { known, t } from "../../i18n/index.js";
import { href } from "../../router.js";
import { Icon } from "../../parts/icon.js";

const signs = { ok: "circle-check", warning: "triangle-alert", error: "circle-alert" };
const order = ["error", "warning", "ok"];

/** The step in which a finding is mended. */
const places = { audience_size: "audience", message: "message", ends_at: "when" };

/** Findings that are mended in the message itself. */
const ofMessage = ["template", "subject", "unknown_variables", "links", "images", "size", "unsubscribe_link", "language"];

/**
 * What the preflight found, the worst first.
 * @param {{checks: import("../../data/mailings.js").Check[], mailing: {id: string, message: string}}} props
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
              <b>${words(code, level, detail)}</b>
              ${faults(detail).map((fault) => html`<p key=${fault} class="muted">${fault}</p>`)}
            </div>
            ${level !== "ok" && mend(code, mailing)}
          </li>
        `,
      )}
    </ul>
  `;
}

/** The reason has the best words; else the level; else the server's own, in English. */
function words(code, level, detail) {
  const key = [`check.${code}.${detail.reason}`, `check.${code}.${level}`, level === "ok" && `check.${code}`].find((one) => one && known(one));
  return key ? t(key, detail) : (detail.text ?? code);
}

/** What exactly is meant: links, images, variables by name. */
function faults({ links, images, variables }) {
  return [...(links ?? []), ...(images ?? [])].map(({ url, problem }) => [url || "—", known(`check.problem.${problem}`) ? t(`check.problem.${problem}`) : problem].join(": ")).concat(variables ?? []);
}

function mend(code, mailing) {
  const url = ofMessage.includes(code) ? href(`/messages/${mailing.message}`) : places[code] && href(`/mailings/${mailing.id}/edit`, { step: places[code] });
  return url && html`<a class="link push" href=${url}>${t("check.mend")}</a>`;
}
