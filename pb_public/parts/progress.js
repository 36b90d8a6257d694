import { html } from "../html.js";
import { listed, number, t } from "../i18n/index.js";
import { left } from "../data/mailings.js";

/** States in the order in which they are stacked. */
const states = ["sent", "complained", "bounced", "failed", "deferred", "uncertain", "waiting", "skipped"];

/** @param {import("../data/mailings.js").Mailing} mailing */
function counts(mailing) {
  const waiting = Math.max(0, left(mailing) - mailing.deferred);
  return states.map((state) => ({ state, count: state === "waiting" ? waiting : (mailing[state] ?? 0) })).filter(({ state, count }) => count > 0 || state === "sent");
}

/** How far a mailing is, its states stacked. @param {{mailing: import("../data/mailings.js").Mailing, slim?: boolean}} props */
export function StateBar({ mailing, slim = false }) {
  const parts = counts(mailing);
  const words = listed(parts.map(({ state, count }) => `${t(`count.${state}`)} ${number(count)}`));
  return html`
    <div class=${slim ? "bar slim" : "bar"} role="img" aria-label=${words}>
      ${parts.map(({ state, count }) => {
        // Who complained was sent the email, and is counted there already.
        const width = state === "sent" ? count - (mailing.complained ?? 0) : count;
        return state !== "waiting" && width > 0 && html`<i key=${state} class=${state} style=${{ inlineSize: `${(width / mailing.total) * 100}%` }}></i>`;
      })}
    </div>
  `;
}

/** What the colours of the bar mean, with the figures. @param {{mailing: import("../data/mailings.js").Mailing}} props */
export function StateLegend({ mailing }) {
  return html`
    <ul class="legend">
      ${counts(mailing).map(({ state, count }) => html`<li key=${state}><i class=${`dot ${state}`}></i>${t(`count.${state}`)} <b>${number(count)}</b></li>`)}
    </ul>
  `;
}

/** One share of a whole as a thin line. @param {{share: number, tone?: "bad" | "warn" | "ok" | "accent"}} props */
export function Meter({ share, tone = "bad" }) {
  return html`<div class=${`meter ${tone}`} aria-hidden="true"><i style=${{ inlineSize: `${Math.min(1, share) * 100}%` }}></i></div>`;
}
