import { html } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { useStatus } from "../../../data/servers.js";
import { useDecisions, useSettings } from "../../../data/settings.js";
import { Button } from "../../../parts/button.js";
import { CheckField, TextField } from "../../../parts/field.js";
import { Form, useForm } from "../../../parts/form.js";
import { Loaded } from "../../../parts/loaded.js";
import { MailServerFields } from "../../../parts/mail-server-fields.js";
import { Card, PageHead } from "../../../parts/page.js";
import { toast } from "../../../parts/toast.js";
import { behindBoth, saveBoth, ticked } from "../behind.js";
import { fromMailSettings, mailFields, ownModes, toMailSettings } from "./own-values.js";
import { ServerStatus } from "./status.js";
import { ServerTrial } from "./trial.js";

/** PocketBase's own mail settings: emails about accounts go by them, and mailings without a sender. @param {{crumb: unknown}} props */
export function OwnServer({ crumb }) {
  const settings = useSettings();
  const decisions = useDecisions();
  const status = useStatus().data?.servers.find(({ sender }) => sender === "");
  return html`
    <${PageHead} title=${t("servers.own")} crumb=${crumb} lead=${t("servers.own.lead")} />
    <${Loaded} query=${settings}>${(found) => html`
      <${Loaded} query=${decisions}>${(decided) => html`<${OwnForm} settings=${found} decided=${decided} status=${status} />`}<//>
    `}<//>
  `;
}

const startOf = ({ default_sender_open: open }, settings) => ({ ...fromMailSettings(settings), open });

function OwnForm({ settings, decided, status }) {
  const form = useForm(startOf(decided, settings), async (values) => {
    const { open } = values;
    await saveBoth(form, { settings: toMailSettings(values), ...(open !== form.first().open && { decided: { id: decided.id, default_sender_open: open } }) });
    form.settle({ ...values, password: "" }, values);
    toast(t("server.saved"));
  }, behindBoth(decided, settings, startOf, { enabled: ticked(t("own.enabled")), ...mailFields(), open: ticked(t("own.open")) }));
  return html`
    <div class="two settings-form">
      <${Form} form=${form} guarded>
        <${Card} title=${t("server.connection")}><div class="form">
          <${CheckField} form=${form} name="enabled" label=${t("own.enabled")} hint=${t("own.enabled.hint")} />
          <${MailServerFields} form=${form} stored modes=${ownModes} />
        </div><//>
        <${Card} title=${t("server.from")}><div class="form">
          <${TextField} form=${form} name="senderAddress" label=${t("server.from_email")} hint=${t("own.address.hint")} type="email" required />
          <${TextField} form=${form} name="senderName" label=${t("server.from_name")} hint=${t("server.from_name.hint")} required maxlength="255" />
          <${CheckField} form=${form} name="open" label=${t("own.open")} hint=${t("own.open.hint")} />
        </div><//>
        <div class="row"><${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("do.save")}<//></div>
      <//>
      <div class="stack loose">
        <${Card} title=${t("server.test.title")}><${ServerTrial} id="default" disabled=${form.dirty()} /><//>
        ${status && html`<${ServerStatus} status=${status} />`}
      </div>
    </div>
  `;
}
