import { html, useState } from "../html.js";
import { moment, plannedFor, t, when } from "../i18n/index.js";
import { asWritten } from "../data/idn.js";
import { isRepeated, readMailing, useLiveMailings } from "../data/mailings.js";
import { useQuery } from "../data/query.js";
import { isManager, me } from "../data/session.js";
import { href } from "../router.js";
import { Button } from "../parts/button.js";
import { filterWords } from "../parts/filter-words.js";
import { LiveProgress } from "../parts/live-progress.js";
import { Loaded } from "../parts/loaded.js";
import { Note } from "../parts/note.js";
import { Card, PageHead } from "../parts/page.js";
import { MailingBadge } from "../parts/badge.js";
import { Waiting } from "../parts/waiting.js";
import { MailingActs } from "./mailing/acts.js";
import { Answers } from "./mailing/answers.js";
import { Archived } from "./mailing/archived.js";
import { Extend } from "./mailing/extend.js";
import { Occurrences } from "./mailing/occurrences.js";
import { PreviewDialog } from "./mailing/preview-dialog.js";
import { Recipients } from "./mailing/recipients.js";
import { Timeline } from "./mailing/timeline.js";
import { Uncertain } from "./mailing/uncertain.js";
import { audienceWords } from "./mailings.js";

/** One mailing: how far it is, what may be done, what became of every recipient. @param {{id: string, query: Record<string, string>}} props */
export default function MailingPage({ id, query }) {
  const mailing = useQuery(["mailing", id], (signal) => readMailing(id, signal));
  useLiveMailings();
  return html`
    ${!mailing.data && html`<${PageHead} title=${t("mailing")} crumb=${crumb()} />`}
    <${Loaded} query=${mailing}>${(data) => html`<${Shown} mailing=${data} query=${query} />`}<//>
  `;
}

/** @param {number} [number] */
const crumb = (number) => html`<a href=${href("/mailings")}>${t("nav.mailings")}</a>${number && html` / ${t("mailing.number", { number })}`}`;

/** @param {{mailing: import("../data/mailings.js").Mailing, query: Record<string, string>}} props */
function Shown({ mailing, query }) {
  const [previewed, preview] = useState(false);
  const { status, total, owner, blocked, block_reason: reason } = mailing;
  const own = owner === me.value.id;
  return html`
    <${PageHead} title=${mailing.name} crumb=${crumb(mailing.number)} badge=${html`<${MailingBadge} mailing=${mailing} />`} lead=${leadOf(mailing)}
      acts=${html`<${MailingActs} mailing=${mailing} own=${own} onPreview=${() => preview(true)} />`} />
    ${blocked && html`<${Note} tone="bad"><b>${t("mailing.blocked")}</b> ${reason}<//>`}
    ${status === "created" && html`<${Prepared} mailing=${mailing} own=${own} />`}
    ${status === "scheduled" && html`<${Note} acts=${own && !blocked && html`<${Button} small href=${href(`/mailings/${mailing.id}/edit`, { step: "when" })}>${t("do.edit")}<//>`}><b>${t("mailing.startsAt", { when: plannedFor(mailing.starts_at, mailing.timezone) })}</b> ${isRepeated(mailing) ? t(`repeat.${mailing.repeat}.text`) : t("mailing.startsAt.text")}<//>`}
    ${status === "cancelled" && total === 0 && !isRepeated(mailing) && html`<${Note}>${t("mailing.cancelled.text")}<//>`}
    ${mailing.parent && html`<${Note} acts=${html`<${Button} small href=${href(`/mailings/${mailing.parent}`)}>${t("repeat.parent.look")}<//>`}>${t("repeat.parent")}<//>`}
    ${total === 0 && html`<${Waiting} mailing=${mailing} />`}
    ${total > 0 && html`<section class="card" aria-label=${t("progress")}><${LiveProgress} mailing=${mailing} /></section>`}
    ${own && mailing.uncertain > 0 && html`<${Uncertain} mailing=${mailing} />`}
    ${own && extendable(mailing) && html`<${Extend} mailing=${mailing} />`}
    ${own && total > 0 && status !== "cancelled" && html`<${Archived} mailing=${mailing} />`}
    ${isRepeated(mailing) && status !== "created" && html`<${Occurrences} mailing=${mailing} />`}
    ${mailing.failed + mailing.bounced + mailing.deferred + mailing.uncertain > 0
      ? html`<div class="two"><${Answers} mailing=${mailing} /><${Timeline} mailing=${mailing} /></div>`
      : html`<${Timeline} mailing=${mailing} wide />`}
    ${total > 0 && html`<${Recipients} mailing=${mailing} query=${query} />`}
    ${previewed && html`<${PreviewDialog} mailing=${mailing} onClose=${() => preview(false)} />`}
  `;
}

/** Whether those who joined since may get it too: picked clients are who they are. */
function extendable({ status, total, audience, blocked, ends_at: end }) {
  return status === "completed" && total > 0 && audience !== "picked" && !blocked && !(end && moment(end) < new Date());
}

function leadOf(mailing) {
  const { started_at, finished_at, status, created, audience, filter, expand } = mailing;
  const sender = expand?.sender?.from_email;
  const time =
    finished_at && ["completed", "cancelled"].includes(status) ? t(status === "completed" ? "mailing.finishedAt" : "mailing.cancelledAt", { when: when(finished_at) })
    : started_at ? t("mailing.startedAt", { when: when(started_at) })
    : t("mailing.createdAt", { when: when(created) });
  const message = expand?.message?.name;
  const owner = isManager.value && mailing.owner !== me.value.id && (expand?.owner?.name || expand?.owner?.email);
  // The dot stays with the words before it when the line breaks.
  const whom = filter && audience !== "picked" ? `${audienceWords(mailing)}: ${filterWords(filter)}` : audienceWords(mailing);
  return [owner, time, whom, message && t("mailing.ofMessage", { name: message }), sender && t("mailing.fromSender", { email: asWritten(sender) })].filter(Boolean).join("\u00a0· ");
}

function Prepared({ mailing, own }) {
  return html`
    <${Card}>
      <div class="row far">
        <div><h2>${t("mailing.prepared")}</h2><p class="muted">${t("mailing.prepared.text")}</p></div>
        ${own && html`<${Button} kind="primary" href=${href(`/mailings/${mailing.id}/edit`, { step: mailing.message ? "check" : "message" })}>${t("mailing.goOn")}<//>`}
      </div>
    <//>
  `;
}
