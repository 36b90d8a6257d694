import { html } from "../../html.js";
import { number, t } from "../../i18n/index.js";
import { Card } from "../../parts/page.js";

/** Why readers left, as they say on the page behind the unsubscribe link; nothing while nobody has said anything. @param {{reasons: {reason: string, count: number}[]}} props */
export function WhyTheyLeave({ reasons = [] }) {
  if (reasons.length === 0) return null;
  return html`
    <${Card} title=${t("statistics.why")}>
      <dl class="facts-list">${reasons.map(({ reason, count }) => html`<div key=${reason}><dt>${t(`statistics.why.${reason}`)}</dt><dd class="num">${number(count)}</dd></div>`)}</dl>
    <//>
  `;
}
