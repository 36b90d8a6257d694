import { html } from "../../../html.js";
import { dayClock, number, t, when } from "../../../i18n/index.js";
import { Card } from "../../../parts/page.js";
import { Note } from "../../../parts/note.js";
import { waitingWords } from "../../../parts/waiting.js";
import { today } from "./state.js";

/** How a mail server does now. @param {{status: import("../../../data/servers.js").Status}} props */
export function ServerStatus({ status }) {
  const { trouble, queue, connections, answers = [] } = status;
  return html`
    <${Card} title=${t("server.now")}>
      ${trouble && html`
        <${Note} tone="bad">
          <b>${waitingWords(trouble.code)}</b> ${trouble.until && t("waiting.until", { when: when(trouble.until) })}
          ${trouble.detail && html`<p class="said">${trouble.detail}</p>`}
        <//>
      `}
      <dl class="facts-list across">
        <div><dt>${t("server.today")}</dt><dd class="num">${today(status)}</dd></div>
        <div><dt>${t("server.queue")}</dt><dd class="num">${number(queue)}</dd></div>
        <div><dt>${t("server.open")}</dt><dd class="num">${number(connections)}</dd></div>
        <div><dt>${t("server.breaker")}</dt><dd>${t(trouble ? "server.breaker.open" : "server.breaker.closed")}</dd></div>
      </dl>
    <//>
    <${Card} title=${t("server.answers")} flush>
      ${answers.length === 0
        ? html`<p class="inside muted">${t("server.answers.none")}</p>`
        : html`<ul class="lines">${answers.map((one) => html`<li key=${one.at + one.response}><span class="who"><span class="said">${[one.code || "", one.enhanced_code, one.response].filter(Boolean).join(" ")}</span><small class="faint">${dayClock(one.at)}</small></span></li>`)}</ul>`}
    <//>
  `;
}
