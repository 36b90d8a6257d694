import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { CheckField, TextField } from "../../parts/field.js";
import { Card } from "../../parts/page.js";
import { ticked } from "./behind.js";
import { NumberField, numbersIn } from "./number-field.js";
import { SettingsForm } from "./settings-form.js";

const numbers = ["attempts_kept_days", "soft_bounces", "pause_bounce_percent", "pause_complaint_percent"];

/** Name and address of the service, what is kept how long, when mailings pause, and what protects it. */
export default function LimitsPage() {
  const start = (decided, { meta, trustedProxy, rateLimits, logs }) => ({
    ...Object.fromEntries(numbers.map((name) => [name, decided[name] ? String(decided[name]) : ""])),
    appName: meta.appName,
    appURL: meta.appURL,
    headers: (trustedProxy.headers ?? []).join(", "),
    rateLimits: rateLimits.enabled,
    logDays: logs.maxDays ? String(logs.maxDays) : "",
  });
  const changes = ({ appName, appURL, headers, rateLimits, logDays, ...values }) => ({
    decided: numbersIn(values, numbers),
    settings: {
      meta: { appName, appURL: appURL.trim() },
      trustedProxy: { headers: headers.split(/[\s,]+/).filter(Boolean) },
      rateLimits: { enabled: rateLimits },
      logs: { maxDays: Number(logDays) || 0 },
    },
  });
  const fields = {
    ...Object.fromEntries(["appName", "appURL", ...numbers, "logDays", "headers"].map((name) => [name, { label: t(`set.${name}`) }])),
    rateLimits: ticked(t("set.rateLimits")),
  };
  return html`
    <${SettingsForm} title=${t("settings.limits")} lead=${t("limits.lead")} start=${start} changes=${changes} fields=${fields}>
      ${(form) => {
        const figure = (name, rest = {}) => html`<${NumberField} form=${form} name=${name} label=${t(`set.${name}`)} unit=${t(`set.${name}.unit`)} hint=${t(`set.${name}.hint`)} ...${rest} />`;
        return html`
          <${Card} title=${t("limits.service")}><div class="form">
            <${TextField} form=${form} name="appName" label=${t("set.appName")} hint=${t("set.appName.hint")} required maxlength="255" />
            <${TextField} form=${form} name="appURL" type="url" label=${t("set.appURL")} hint=${t("set.appURL.hint")} required maxlength="255" placeholder="https://news.example.org" />
          </div><//>
          <${Card} title=${t("limits.kept")}><div class="form">
            ${figure("attempts_kept_days")}
            ${figure("logDays")}
          </div><//>
          <${Card} title=${t("limits.bounces")}><div class="form">
            ${figure("soft_bounces")}
            ${figure("pause_bounce_percent", { max: 100, step: "any" })}
            ${figure("pause_complaint_percent", { max: 100, step: "any" })}
          </div><//>
          <${Card} title=${t("limits.protection")}><div class="form">
            <${TextField} form=${form} name="headers" label=${t("set.headers")} hint=${t("set.headers.hint")} placeholder="X-Real-IP" spellcheck="false" optional />
            <${CheckField} form=${form} name="rateLimits" label=${t("set.rateLimits")} hint=${t("set.rateLimits.hint")} />
          </div><//>
        `;
      }}
    <//>
  `;
}
