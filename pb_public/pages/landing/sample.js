import { html } from "../../html.js";
import { number, t } from "../../i18n/index.js";
import { Badge, RecipientBadge } from "../../parts/badge.js";
import { StateBar, StateLegend } from "../../parts/progress.js";

/** Invented: what a mailing in the middle of its way looks like. */
const mailing = /** @type {any} */ ({ total: 12480, sent: 9214, failed: 96, deferred: 19, uncertain: 2, skipped: 0 });
const recipients = [
  { state: "sent", answer: "250 2.0.0 Ok: queued as 4Xk2" },
  { state: "failed", answer: "550 5.1.1 No such user here" },
  { state: "deferred", answer: "451 4.7.1 Greylisted, try again in 300 s" },
];

/** A picture of a mailing, drawn with what draws real ones; read out as its caption only. */
export function Sample() {
  return html`
    <figure class="card sample" role="img" aria-label=${t("landing.sample")}>
      <header><${Badge} tone="run">${t("status.running")}<//><h2>${t("landing.sample.name")}</h2><div class="right">${t("landing.sample.mark")}</div></header>
      <div class="live">
        <p><b class="big">${number(mailing.sent)}</b> <span class="muted">${t("progress.of", { total: mailing.total })}</span></p>
        <${StateBar} mailing=${mailing} />
        <${StateLegend} mailing=${mailing} />
      </div>
      <ul class="lines">
        ${recipients.map(({ state, answer }, i) => html`<li key=${state}><b class="strong">${t(`landing.sample.${i + 1}`)}</b><${RecipientBadge} recipient=${{ state }} /><span class="said">${answer}</span></li>`)}
      </ul>
    </figure>
  `;
}
