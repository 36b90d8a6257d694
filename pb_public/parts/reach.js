import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { asWritten } from "../data/idn.js";
import { isUnfinished } from "../data/filters.js";
import { countAudience } from "../data/mailings.js";
import { useQuery } from "../data/query.js";
import { useSettled } from "./settled.js";
import { TroubleNote } from "./trouble.js";

const pause = 350;

/**
 * How many an audience reaches, and a few of them; follows what is typed after a pause.
 * @param {{audience: import("../data/mailings.js").Audience}} props
 */
export function Reach({ audience }) {
  const settled = useSettled(audience, pause);
  const unfinished = isUnfinished(audience.filter);
  const reach = useQuery(isUnfinished(settled.filter) ? null : ["reach", settled], (signal) => countAudience(settled, signal));
  const { count: all, capped, suppressed, sample = [] } = reach.data ?? {};
  // Those on the stop list belong to the audience and are skipped.
  const count = Math.max(0, all - suppressed);
  // What is still being typed may be wrong for a while: said quietly.
  const wrong = reach.trouble?.fields.filter;
  if (unfinished) return html`<p class="muted" role="status">${t("reach.unfinished")}</p>`;
  return html`
    ${wrong ? html`<p class="muted" role="status">${wrong}.</p>` : html`<${TroubleNote} trouble=${reach.trouble} retry=${reach.reload} />`}
    ${reach.data && !wrong
      ? html`
          <div class=${reach.busy ? "waits" : ""} aria-busy=${reach.busy} aria-live="polite">
            <p><span class="big">${t(capped ? "reach.atLeast" : "reach.count", { count })}</span></p>
            <p class="muted">${t("reach.people", { count })}</p>
            ${suppressed > 0 && html`<p class="muted">${t("reach.suppressed", { count: suppressed })}</p>`}
          </div>
          ${sample.length > 0 && html`<ul class="stack tight">${sample.slice(0, 5).map(({ email, full_name }) => html`<li key=${email} class="who"><b>${full_name || asWritten(email)}</b>${full_name && html`<small>${asWritten(email)}</small>`}</li>`)}</ul>`}
        `
      : !reach.trouble && html`<span class="bone figure"></span>`}
  `;
}
