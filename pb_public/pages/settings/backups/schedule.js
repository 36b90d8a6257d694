import { html } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { stale } from "../../../data/query.js";
import { saveSettings, useSettings } from "../../../data/settings.js";
import { Button } from "../../../parts/button.js";
import { CheckField, Field, PasswordField, Select, TextField } from "../../../parts/field.js";
import { Form, useForm } from "../../../parts/form.js";
import { Loaded } from "../../../parts/loaded.js";
import { Card } from "../../../parts/page.js";
import { toast } from "../../../parts/toast.js";
import { behindSettings, ticked } from "../behind.js";
import { NumberField } from "../number-field.js";

/** Schedules that most want, in UTC. */
const schedules = ["", "0 0 * * *", "0 */6 * * *", "0 0 * * 0"];

/** When backups are made, where, and how many are kept. */
export function BackupSchedule() {
  return html`<${Loaded} query=${useSettings()} rows=${6}>${(settings) => html`<${ScheduleForm} settings=${settings} />`}<//>`;
}

const s3Fields = ["endpoint", "bucket", "region", "accessKey"];

const startOf = ({ backups: { cron, cronMaxKeep, s3 } }) => ({
  cron,
  keep: String(cronMaxKeep || 3),
  s3: s3.enabled,
  secret: "", // in no answer; an empty one keeps what is stored
  forcePathStyle: s3.forcePathStyle,
  ...Object.fromEntries(s3Fields.map((name) => [name, s3[name] ?? ""])),
});

const compared = () => ({
  cron: { label: t("backup.every"), show: (cron) => (schedules.includes(cron) ? t(`backup.every.${cron || "never"}`) : cron) },
  keep: { label: t("backup.keep") },
  s3: ticked(t("backup.s3")),
  ...Object.fromEntries(s3Fields.map((name) => [name, { label: t(`backup.s3.${name}`) }])),
  forcePathStyle: ticked(t("backup.s3.path")),
});

function ScheduleForm({ settings }) {
  const form = useForm(startOf(settings), async (sent) => {
    const { cron, keep, s3: enabled, secret, forcePathStyle, ...rest } = sent;
    const saved = await saveSettings({ backups: { cron: cron.trim(), cronMaxKeep: Number(keep), s3: { enabled, forcePathStyle, ...rest, ...(secret && { secret }) } } }, form.version);
    form.version = saved.version;
    form.settle({ ...sent, secret: "" }, sent);
    stale("backups"); // they may be elsewhere now
    toast(t("set.saved"));
  }, behindSettings(settings, startOf, compared()));
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
          ${s3Fields.map((name) => html`<${TextField} key=${name} form=${form} name=${name} label=${t(`backup.s3.${name}`)} hint=${t(`backup.s3.${name}.hint`)} required spellcheck="false" autocomplete="off" />`)}
          <${PasswordField} form=${form} name="secret" label=${t("backup.s3.secret")} hint=${t(settings.backups.s3.enabled ? "backup.s3.kept" : "backup.s3.secret.hint")} autocomplete="new-password" />
          <${CheckField} form=${form} name="forcePathStyle" label=${t("backup.s3.path")} hint=${t("backup.s3.path.hint")} />
        `}
        <div class="row"><${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("do.save")}<//></div>
      <//>
    <//>
  `;
}
