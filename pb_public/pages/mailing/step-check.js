import { html, useMemo, useState } from "../../html.js";
import { plannedFor, t } from "../../i18n/index.js";
import { asWritten } from "../../data/idn.js";
import { act, countAudience, isRepeated, preflight, previewMailing, testMailing } from "../../data/mailings.js";
import { newKey } from "../../data/pb.js";
import { useQuery } from "../../data/query.js";
import { me } from "../../data/session.js";
import { go, here, href } from "../../router.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { Checks } from "../../parts/checks.js";
import { filterWords } from "../../parts/filter-words.js";
import { Loaded } from "../../parts/loaded.js";
import { Note } from "../../parts/note.js";
import { Card } from "../../parts/page.js";
import { TestSend } from "../../parts/test-send.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { audienceWords } from "../mailings.js";
import { unsavedSteps } from "./kept-step.js";
import { MailingPreview } from "./preview-dialog.js";
import { askToSend, mailable } from "./questions.js";

/** The step in which a finding is mended. */
const places = { audience_size: "audience", message: "message", mail_server: "message", from_address: "message", ends_at: "when" };

/** Findings that are mended in the message itself. */
const ofMessage = ["template", "subject", "unknown_variables", "starting_template", "empty_values", "links", "images", "size", "language"];

/** @param {string} code @param {{id: string, message: string}} mailing */
function mendAt(code, { id, message }) {
  if (ofMessage.includes(code)) return href(`/messages/${message}`, { then: `/mailings/${id}/edit?step=check` });
  if (code === "postal_address") return href("/profile");
  return places[code] && href(`/mailings/${id}/edit`, { step: places[code] });
}

/**
 * From whom it comes, as its recipients will see it; as long as that is not known, what the mailing says.
 * @param {import("../../data/mailings.js").Mailing} mailing @param {import("../../data/mailings.js").Check | undefined} found  the check of the From address
 */
function fromWords({ sender, from_name: given, expand }, found) {
  if (found?.detail.email) return [found.detail.name, `<${asWritten(found.detail.email)}>`].filter(Boolean).join(" ");
  if (given || !sender) return given || t("mailing.sender.default");
  return expand?.sender ? expand.sender.from_name || expand.sender.name : t("mailing.sender.lost");
}

/** Everything once more before it goes out: findings, the mail itself, a test, then the button. @param {{mailing: any, back: any}} props */
export function CheckStep({ mailing, back }) {
  const { id, starts_at: startsAt, audience, lists, recipients, filter } = mailing;
  const checks = useQuery(["preflight", id, mailing.updated], (signal) => preflight(id, signal));
  const reach = useQuery(["reach", { audience, lists, recipients, filter }], (signal) => countAudience({ audience, lists, recipients, filter }, signal));
  const preheader = useQuery(["preview", id, ""], (signal) => previewMailing(id, "", signal)).data?.preheader;
  const [busy, setBusy] = useState(false);
  // One key for as long as this page is open: a second click or a lost answer never sends twice.
  const key = useMemo(newKey, []);
  const scheduled = mailing.status === "scheduled"; // every step is saved: nothing is left to be done
  const later = startsAt && new Date(startsAt.replace(" ", "T")) > new Date();
  const count = reach.data && mailable(reach.data);
  const [unsaved] = unsavedSteps(mailing, ["message", "audience", "when"]);
  const stopped = checks.data && !checks.data.ok;
  const ofFrom = checks.data?.checks.find(({ code }) => code === "from_address");
  const replyTo = ofFrom?.detail.reply_to || mailing.reply_to;
  const filtered = filter && audience !== "picked";

  const launch = async () => {
    const question = later
      ? ask({ title: t("send.schedule.title", { when: plannedFor(startsAt, mailing.timezone) }), text: t("send.schedule.text"), act: t("do.schedule") })
      : askToSend(reach.data);
    if (!(await question)) return;
    setBusy(true);
    const stillHere = here();
    try {
      if (later) await act(id, "schedule", { starts_at: startsAt });
      else await act(id, "send", undefined, { "Idempotency-Key": key });
      if (stillHere()) go(`/mailings/${id}`, {}, { replace: true });
      toast(t(later ? "done.schedule" : "done.send"));
    } catch (error) {
      toastTrouble(error);
      checks.reload();
    }
    setBusy(false);
  };
  return html`
    ${unsaved && html`<${Note} tone="warn" acts=${html`<${Button} small href=${href(`/mailings/${id}/edit`, { step: unsaved })}>${t("wizard.unsaved.look")}<//>`}>${t("wizard.unsaved", { step: t(`step.${unsaved}`) })}<//>`}
    <div class="two">
      <div class="stack loose">
        <${Card} title=${t("check.letter")}><${MailingPreview} mailing=${mailing} /><//>
        <${Card} title=${t("test.title")}><${TestSend} send=${(to, once) => testMailing(id, to, once)} /><//>
      </div>
      <div class="stack loose">
        <${Card} title=${t("check.summary")}>
          <dl class="facts-list">
            <div><dt>${t("check.from")}</dt><dd>${fromWords(mailing, ofFrom)}</dd></div>
            ${replyTo && html`<div><dt>${t("mailing.replyTo")}</dt><dd>${replyTo}</dd></div>`}
            ${preheader && html`<div><dt>${t("check.preheader")}</dt><dd>${preheader}</dd></div>`}
            <div><dt>${t("check.to")}</dt><dd>${audienceWords(mailing)}${count !== undefined && html` · <b class="num">${t(reach.data.capped ? "reach.atLeast" : "reach.count", { count })}</b>`}</dd></div>
            ${filtered && html`<div><dt>${t("check.filter")}</dt><dd>${filterWords(filter)}</dd></div>`}
            <div><dt>${t(isRepeated(mailing) ? "when.start.first" : "check.when")}</dt><dd>${startsAt ? plannedFor(startsAt, mailing.timezone) : t("when.now.title")}</dd></div>
            ${isRepeated(mailing) && html`<div><dt>${t("repeat")}</dt><dd>${t(`repeat.${mailing.repeat}`)}${mailing.ends_at && ` ${t("check.repeat.until", { when: plannedFor(mailing.ends_at, mailing.timezone) })}`}</dd><dd class="faint">${t("check.repeat.what")}</dd></div>`}
            ${mailing.ends_at && !isRepeated(mailing) && html`<div><dt>${t("when.end")}</dt><dd>${plannedFor(mailing.ends_at, mailing.timezone)}</dd></div>`}
          </dl>
        <//>
        <${Card} title=${t("check.title")} flush>
          <${Loaded} query=${checks} rows=${4}>${({ checks: found }) => html`<${Checks} checks=${found} mendAt=${(code) => mendAt(code, mailing)} />`}<//>
        <//>
        ${scheduled && stopped && html`<${Note} tone="warn">${t("wizard.scheduled.stopped")}<//>`}
        ${me.value.awaiting_approval && html`<${Note} tone="warn"><b>${t("approval.title")}</b> ${t("approval.text")}<//>`}
        <div class="wizard-foot">
          <${Button} icon="arrow-left" ...${back}>${t("do.back")}<//>
          <span class="push"></span>
          ${scheduled
            ? html`<${Button} kind="primary" icon="check" href=${href(`/mailings/${id}`)}>${t("do.done")}<//>`
            : html`<${Button} kind="primary" icon="send" busy=${busy} disabled=${stopped || me.value.awaiting_approval} onClick=${launch}>${later ? t("do.schedule") : t("do.send")}<//>`}
        </div>
      </div>
    </div>
  `;
}
