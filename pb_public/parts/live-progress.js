import { html } from "../html.js";
import { duration, number, percent, t } from "../i18n/index.js";
import { left } from "../data/mailings.js";
import { StateBar, StateLegend } from "./progress.js";
import { Waiting } from "./waiting.js";

/** How far a launched mailing is: how many, how fast, how long still, and in which states. @param {{mailing: import("../data/mailings.js").Mailing}} props */
export function LiveProgress({ mailing }) {
  const { total, sent, failed, uncertain, bounced = 0, status, per_second: rate = 0 } = mailing;
  const accepted = sent + bounced; // it came back after that
  const answered = accepted + failed + uncertain;
  const rest = left(mailing);
  const runs = status === "running" && rest > 0;
  return html`
    <div class="live">
      <div class="top">
        <div><span class="big">${number(sent)}</span> <span class="muted num">${t("progress.of", { total })}</span></div>
        <dl class="facts">
          ${runs && html`<div><dt>${t("progress.rate")}</dt><dd>${rate > 0 ? t("progress.perSecond", { rate: Math.round(rate) || 1 }) : "—"}</dd></div>`}
          ${runs && html`<div><dt>${t("progress.left")}</dt><dd>${rate > 0 ? t("progress.about", { time: duration(rest / rate) }) : "—"}</dd></div>`}
          <div><dt>${t("progress.accepted")}</dt><dd>${answered > 0 ? percent(accepted / answered) : "—"}</dd></div>
        </dl>
      </div>
      <${StateBar} mailing=${mailing} />
      <${StateLegend} mailing=${mailing} />
      <${Waiting} mailing=${mailing} />
    </div>
  `;
}
