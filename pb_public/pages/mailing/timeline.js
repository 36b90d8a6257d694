import { html, useState } from "../../html.js";
import { fullTime, moment, t, when } from "../../i18n/index.js";
import { timelineOf } from "../../data/mailings.js";
import { useQuery } from "../../data/query.js";
import { Button } from "../../parts/button.js";
import { Loaded } from "../../parts/loaded.js";
import { Card } from "../../parts/page.js";
import { eventOf, whoOf } from "./event-words.js";

const few = 5;

/** What happened to a mailing, and who did it, the latest first. @param {{mailing: import("../../data/mailings.js").Mailing, wide?: boolean}} props wide: it has the page's whole width */
export function Timeline({ mailing: { id }, wide = false }) {
  const timeline = useQuery(["timeline", id], (signal) => timelineOf(id, signal));
  const [whole, show] = useState(false);
  return html`
    <${Card} title=${t("timeline")} flush>
      <${Loaded} query=${timeline} rows=${3}>
        ${({ items }) => {
          const latest = [...items].reverse();
          // One hidden line would take no more room than the button.
          const shown = whole || latest.length <= few + 1 ? latest : latest.slice(0, few);
          return html`
            <ol class=${wide ? "timeline wide" : "timeline"}>${shown.map((event) => html`<${Line} key=${event.at + event.kind} event=${event} />`)}</ol>
            ${shown.length < latest.length && html`<div class="unfold"><${Button} kind="quiet" small onClick=${() => show(true)}>${t("timeline.all", { count: latest.length })}<//></div>`}
          `;
        }}
      <//>
    <//>
  `;
}

/** @param {{event: import("../../data/mailings.js").MailingEvent}} props */
function Line({ event }) {
  const { tone, words, more } = eventOf(event);
  const who = whoOf(event.actor);
  return html`
    <li class=${tone}>
      <p>${words}</p>
      ${more && html`<p class="muted">${more}</p>`}
      <p class="faint when"><time datetime=${moment(event.at).toISOString()} title=${fullTime(event.at)}>${when(event.at)}</time>${who && ` · ${who}`}</p>
    </li>
  `;
}
