import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { isRepeated, repeats } from "../../data/mailings.js";
import { browserZone, me } from "../../data/session.js";
import { fromClock, toClock } from "../../data/zone.js";
import { Choice, SelectField, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Card } from "../../parts/page.js";
import { ZoneField } from "../../parts/zone-field.js";
import { WizardFoot } from "./wizard-foot.js";

const hour = 3_600_000;

/** Now or at a time on the clock of a named zone; until when at the latest. @param {{mailing: any, onSave: (values: any) => Promise<void>, back: string}} props */
export function WhenStep({ mailing, onSave, back }) {
  const zone = mailing.timezone || me.value.timezone || browserZone();
  const [later, setLater] = useState(mailing.starts_at ? "later" : "now");
  const [limited, limit] = useState(Boolean(mailing.ends_at));
  const form = useForm({ starts_at: toClock(mailing.starts_at, zone), ends_at: toClock(mailing.ends_at, zone), timezone: zone, repeat: mailing.repeat || "none" }, (values) =>
    onSave({
      starts_at: later === "later" ? fromClock(values.starts_at, values.timezone).toISOString() : "",
      ends_at: limited && values.ends_at ? fromClock(values.ends_at, values.timezone).toISOString() : "",
      timezone: values.timezone,
      repeat: later === "later" ? values.repeat : "none",
    }),
  );
  const chooseLater = (choice) => {
    setLater(choice);
    // The next full hour but one: soon enough to be right, late enough to be changed.
    if (choice === "later" && !form.values.peek().starts_at) form.set("starts_at", toClock(new Date(Math.ceil(Date.now() / hour + 1) * hour), form.values.peek().timezone));
  };
  const options = ["now", "later"].map((value) => ({ value, title: t(`when.${value}.title`), hint: t(`when.${value}.hint`) }));
  const repeated = later === "later" && isRepeated(form.values.value);
  const soonest = toClock(new Date(), form.values.value.timezone);
  return html`
    <${Form} form=${form}>
      <${Card} title=${t("step.when.title")}>
        <${Choice} name="when" legend=${t("step.when.title")} options=${options} value=${later} onChange=${chooseLater} />
        ${(later === "later" || limited) && html`<${ZoneField} form=${form} name="timezone" label=${t("when.zone")} />`}
        ${later === "later" && html`
          <div class="even">
            <${TextField} form=${form} name="starts_at" type="datetime-local" label=${t(repeated ? "when.start.first" : "when.start")} min=${soonest} required />
            <${SelectField} form=${form} name="repeat" label=${t("repeat")} hint=${repeated && t("repeat.hint")} options=${repeats.map((value) => ({ value, title: t(`repeat.${value}`) }))} />
          </div>
        `}
        <label class="check"><input type="checkbox" checked=${limited} onChange=${(event) => limit(event.target.checked)} /><span>${t(repeated ? "when.limit.repeat" : "when.limit")}<small>${t(repeated ? "when.limit.repeat.hint" : "when.limit.hint")}</small></span></label>
        ${limited && html`<${TextField} form=${form} name="ends_at" type="datetime-local" label=${t("when.end")} min=${form.values.value.starts_at || soonest} required />`}
      <//>
      <${WizardFoot} back=${back} busy=${form.busy.value} />
    <//>
  `;
}
