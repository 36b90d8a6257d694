import { html } from "../../html.js";
import { daysFrom, t } from "../../i18n/index.js";
import { isRepeated, repeats } from "../../data/mailings.js";
import { browserZone, me } from "../../data/session.js";
import { fromClock, toClock } from "../../data/zone.js";
import { DraftNote } from "../../parts/draft.js";
import { Choice, SelectField, TextField } from "../../parts/field.js";
import { Form } from "../../parts/form.js";
import { Card } from "../../parts/page.js";
import { ZoneField } from "../../parts/zone-field.js";
import { useStepForm } from "./kept-step.js";
import { WizardFoot } from "./wizard-foot.js";

const hour = 3_600_000;

/** Now or at a time on the clock of a named zone; until when at the latest. @param {{mailing: any, control: any, onSave: (values: any) => Promise<void>, back: any}} props */
export function WhenStep({ mailing, control, onSave, onNext, back }) {
  const form = useStepForm({ step: "when", mailing, startOf, toMailing: timesOf, onSave, onNext, words: wordsOf(), control });
  const { when, limited } = form.values.value;
  const repeated = when === "later" && isRepeated(form.values.value);
  const chooseWhen = (choice) => {
    form.set("when", choice);
    // The next full hour but one: soon enough to be right, late enough to be changed.
    if (choice === "later" && !form.values.peek().starts_at) form.set("starts_at", toClock(new Date(Math.ceil(Date.now() / hour + 1) * hour), form.values.peek().timezone));
  };
  const chooseLimit = (wanted) => {
    const { starts_at, ends_at, timezone } = form.values.peek();
    form.set("limited", wanted);
    // A day is enough for one mailing, a month for some that are repeated.
    const days = repeated ? 30 : 1;
    const from = starts_at && when === "later" ? starts_at : toClock(new Date(Math.ceil(Date.now() / hour) * hour), timezone);
    if (wanted && !ends_at) form.set("ends_at", daysFrom(from, days) + from.slice(10));
  };
  const options = ["now", "later"].map((value) => ({ value, title: t(`when.${value}.title`), hint: t(`when.${value}.hint`) }));
  // What waits for its time is sent at once on its page; here only the time changes.
  const offersNow = mailing.status !== "scheduled";
  const soonest = toClock(new Date(), form.values.value.timezone);
  return html`
    <${DraftNote} draft=${form.draft} />
    <${Form} id="step" form=${form}>
      <${Card} title=${t("step.when.title")}>
        ${offersNow && html`<${Choice} name="when" legend=${t("step.when.title")} options=${options} value=${when} onChange=${chooseWhen} />`}
        ${(when === "later" || limited) && html`<${ZoneField} form=${form} name="timezone" label=${t("when.zone")} />`}
        ${when === "later" && html`
          <div class="even">
            <${TextField} form=${form} name="starts_at" type="datetime-local" label=${t(repeated ? "when.start.first" : "when.start")} min=${soonest} required />
            <${SelectField} form=${form} name="repeat" label=${t("repeat")} hint=${repeated && t("repeat.hint")} options=${repeats.map((value) => ({ value, title: t(`repeat.${value}`) }))} />
          </div>
        `}
        <label class="check"><input type="checkbox" checked=${limited} onChange=${(event) => chooseLimit(event.target.checked)} /><span>${t(repeated ? "when.limit.repeat" : "when.limit")}<small>${t(repeated ? "when.limit.repeat.hint" : "when.limit.hint")}</small></span></label>
        ${limited && html`<${TextField} form=${form} name="ends_at" type="datetime-local" label=${t("when.end")} min=${form.values.value.starts_at || soonest} required />`}
      <//>
      <${WizardFoot} mailing=${mailing} back=${back} busy=${form.busy.value} />
    <//>
  `;
}

/** What the form begins with. */
function startOf({ starts_at: start, ends_at: end, timezone, repeat }) {
  const zone = timezone || me.peek().timezone || browserZone();
  return { when: start ? "later" : "now", starts_at: toClock(start, zone), timezone: zone, repeat: repeat || "none", limited: Boolean(end), ends_at: toClock(end, zone) };
}

const wordsOf = () => ({
  when: { label: t("check.when"), show: (value) => t(`when.${value}.title`) },
  starts_at: { label: t("when.start"), show: (clock) => clock.replace("T", " ") },
  timezone: { label: t("when.zone"), show: (zone) => zone.replaceAll("_", " ") },
  repeat: { label: t("repeat"), show: (value) => t(`repeat.${value}`) },
  ends_at: { label: t("when.end"), show: (clock) => clock.replace("T", " ") },
});

/** The times of a mailing, from what stands in the form. */
function timesOf({ when, starts_at, timezone, repeat, limited, ends_at }) {
  const at = (clock) => (clock ? fromClock(clock, timezone).toISOString() : "");
  return { starts_at: when === "later" ? at(starts_at) : "", ends_at: limited ? at(ends_at) : "", timezone, repeat: when === "later" ? repeat : "none" };
}
