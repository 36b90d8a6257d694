import { html } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { saveSettings, useSettings } from "../../../data/settings.js";
import { Button } from "../../../parts/button.js";
import { CheckField, Field, PasswordField, Select, TextField } from "../../../parts/field.js";
import { Form, useForm } from "../../../parts/form.js";
import { Loaded } from "../../../parts/loaded.js";
import { Card } from "../../../parts/page.js";
import { toast } from "../../../parts/toast.js";
import { NumberField } from "../number-field.js";

/** Schedules that most want, in UTC. */
const schedules = ["", "0 0 * * *", "0 */6 * * *", "0 0 * * 0"];

/** When backups are made, where, and how many are kept. */
export function BackupSchedule() {
  return html`<${Loaded} query=${useSettings()} rows=${6}>${({ backups }) => html`<${ScheduleForm} backups=${backups} />`}<//>`;
}

const s3Fields = ["endpoint", "bucket", "region", "accessKey"];

function ScheduleForm({ backups: { cron, cronMaxKeep, s3 } }) {
  const start = {
    cron, keep: String(cronMaxKeep || 3), s3: s3.enabled, secret: "", forcePathStyle: s3.forcePathStyle,
    ...Object.fromEntries(s3Fields.map((name) => [name, s3[name] ?? ""])),
  };
  const form = useForm(start, async ({ cron: schedule, keep, s3: enabled, secret, forcePathStyle, ...rest }) => {
    await saveSettings({ backups: { cron: schedule.trim(), cronMaxKeep: Number(keep), s3: { enabled, forcePathStyle, ...rest, ...(secret && { secret }) } } });
    form.settle({ ...form.values.peek(), secret: "" });
    toast(t("set.saved"));
  });
  const values = form.values.value;
  const preset = schedules.includes(values.cron) ? values.cron : "own";
  const options = [...schedules.map((value) => ({ value, title: t(`backup.every.${value || "never"}`) })), { value: "own", title: t("backup.every.own") }];
  return html`
    <${Card} title=${t("backups.schedule")}>
      <${Form} form=${form} guarded>
        <${Field} label=${t("backup.every")} hint=${t("backup.every.hint")}>
          ${(attributes) => html`<${Select} ...${attributes} value=${preset} options=${options} onChange=${(value) => form.set("cron", value === "own" ? "30 2 * * *" : value)} />`}
        <//>
        ${preset === "own" && html`<${TextField} form=${form} name="cron" label=${t("backup.cron")} hint=${t("backup.cron.hint")} required spellcheck="false" />`}
        ${values.cron && html`<${NumberField} form=${form} name="keep" label=${t("backup.keep")} unit=${t("backup.keep.unit")} hint=${t("backup.keep.hint")} min="1" required />`}
        <${CheckField} form=${form} name="s3" label=${t("backup.s3")} hint=${t("backup.s3.hint")} />
        ${values.s3 && html`
          ${s3Fields.map((name) => html`<${TextField} key=${name} form=${form} name=${name} label=${t(`backup.s3.${name}`)} required spellcheck="false" autocomplete="off" />`)}
          <${PasswordField} form=${form} name="secret" label=${t("backup.s3.secret")} hint=${t("backup.s3.kept")} autocomplete="new-password" />
          <${CheckField} form=${form} name="forcePathStyle" label=${t("backup.s3.path")} hint=${t("backup.s3.path.hint")} />
        `}
        <div class="row"><${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("do.save")}<//></div>
      <//>
    <//>
  `;
}
