import { html, useState } from "../../html.js";
import { dayClock, dayTime, fullTime, t } from "../../i18n/index.js";
import { useQuery } from "../../data/query.js";
import { eventsOf, sendAgain, states } from "../../data/webhooks.js";
import { refine } from "../../router.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { NarrowSelect } from "../../parts/field.js";
import { Found } from "../../parts/list-page.js";
import { Table } from "../../parts/table.js";
import { toast, toastTrouble } from "../../parts/toast.js";

const tones = { waiting: "run", delivered: "ok", failed: "bad" };

/**
 * What a webhook was told, the newest first, with its answers.
 * @param {{id: string, own: boolean, active: boolean, query: {state?: string, before?: string}}} props
 */
export function WebhookLog({ id, own, active, query: { state = "", before = "" } }) {
  const events = useQuery(["webhook", "events", id, { state, before }], (signal) => eventsOf(id, { state, before }, signal));
  const [shown, show] = useState(/** @type {import("../../data/webhooks.js").Told | null} */ (null));
  const next = events.data?.next;
  return html`
    <section class="card" aria-label=${t("webhook.log")}>
      <header><h2>${t("webhook.log")}</h2></header>
      <div class="toolbar">
        <${NarrowSelect} label=${t("webhook.state")} any=${t("webhook.log.all")} value=${state} options=${states.map((value) => ({ value, title: t(`webhook.told.${value}`) }))} onChange=${(value) => refine({ state: value, before: "" })} />
        <span class="push"><${Button} icon="rotate-cw" busy=${events.busy && events.data !== undefined} onClick=${events.reload}>${t("webhook.log.reload")}<//></span>
      </div>
      <${Found} query=${events} everything=${(state || before) && { state: "", before: "" }} none=${{ icon: "scroll-text", title: t("webhook.log.none"), text: t("webhook.log.none.text") }}>
        ${(rows) => html`<${Rows} events=${rows} onShow=${show} />`}
      <//>
      ${(next > 0 || before) && html`
        <nav class="pager no-print" aria-label=${t("pager")}>
          <${Button} small kind="quiet" disabled=${!before} onClick=${() => refine({ before: "" }, { replace: false })}>${t("pager.newest")}<//>
          <${Button} small icon="chevron-right" disabled=${!next} onClick=${() => refine({ before: String(next) }, { replace: false })}>${t("pager.older")}<//>
        </nav>
      `}
    </section>
    ${shown && html`<${EventDialog} webhook=${id} event=${shown} may=${own && active} onClose=${() => show(null)} />`}
  `;
}

/** @param {{events: import("../../data/webhooks.js").Told[], onShow: (event: any) => void}} props */
function Rows({ events, onShow }) {
  const columns = [
    { title: t("webhook.event"), phone: "head", cell: (event) => html`<button class="link strong" type="button" onClick=${() => onShow(event)}>${words(event.type)}</button>` },
    { title: t("webhook.about"), look: "muted wraps", cell: ({ data }) => data?.email ?? data?.name ?? data?.file_name ?? "" },
    { title: t("webhook.state"), phone: "side", cell: (event) => html`<${ToldBadge} event=${event} />` },
    { title: t("webhook.answer"), cell: ({ answers }) => html`<span class="said">${answerOf(answers.at(-1))}</span>` },
    { title: t("webhook.at"), figures: true, cell: ({ at }) => html`<time class="faint" datetime=${at} title=${fullTime(at)}>${dayClock(at)}</time>` },
  ];
  return html`<${Table} label=${t("webhook.log")} columns=${columns} rows=${events} id=${(event) => String(event.id)} />`;
}

const words = (kind) => t(`event.${kind}`);

/** @param {{event: import("../../data/webhooks.js").Told}} props */
function ToldBadge({ event: { state, next_try_at: next } }) {
  return html`<${Badge} tone=${tones[state]}>${state === "waiting" && next ? t("webhook.told.again", { time: dayTime(next) }) : t(`webhook.told.${state}`)}<//>`;
}

/** The server's words are English: they name what a developer looks for. @param {import("../../data/webhooks.js").Answer} [answer] */
const answerOf = (answer) => (answer ? [answer.status ? `HTTP ${answer.status}` : "", answer.status ? "" : answer.error].filter(Boolean).join(" ") : "");

/** @param {{webhook: string, event: import("../../data/webhooks.js").Told, may: boolean, onClose: () => void}} props */
function EventDialog({ webhook, event, may, onClose }) {
  const [busy, setBusy] = useState(false);
  const again = async () => {
    setBusy(true);
    try {
      await sendAgain(webhook, event.id);
      toast(t("webhook.again.done"));
      onClose();
    } catch (error) {
      toastTrouble(error);
      setBusy(false);
    }
  };
  const acts = html`
    ${may && event.type !== "webhook.test" && html`<${Button} icon="send" busy=${busy} onClick=${again}>${t("webhook.again")}<//>`}
    <${Button} kind="primary" onClick=${onClose}>${t("do.close")}<//>
  `;
  return html`
    <${Dialog} title=${words(event.type)} size="wide" acts=${acts} onClose=${onClose}>
      <dl class="facts-list across">
        <div><dt>${t("webhook.state")}</dt><dd><${ToldBadge} event=${event} /></dd></div>
        <div><dt>${t("webhook.at")}</dt><dd>${fullTime(event.at)}</dd></div>
        <div><dt>${t("webhook.message")}</dt><dd class="said">${event.message}</dd></div>
      </dl>
      <h3>${t("webhook.data")}</h3>
      <pre class="said webhook-json" tabindex="0">${JSON.stringify(event.data, null, 2)}</pre>
      <h3>${t("webhook.answers")}</h3>
      ${event.answers.length === 0 && html`<p class="muted">${t("webhook.answers.none")}</p>`}
      <ul class="lines">
        ${[...event.answers].reverse().map((answer, i) => html`
          <li key=${i}>
            <span class="who">
              <b>${answer.status ? `HTTP ${answer.status}` : t("webhook.noAnswer")}</b>
              <small>${fullTime(answer.at)} · ${t("webhook.took", { ms: answer.duration_ms })}</small>
              ${(answer.error || answer.text) && html`<small class="said">${[answer.error, answer.text].filter(Boolean).join(": ")}</small>`}
            </span>
          </li>
        `)}
      </ul>
    <//>
  `;
}
