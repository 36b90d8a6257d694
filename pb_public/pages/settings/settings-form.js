import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { useDecisions, useSettings } from "../../data/settings.js";
import { Button } from "../../parts/button.js";
import { Form, useForm } from "../../parts/form.js";
import { Loaded } from "../../parts/loaded.js";
import { PageHead } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { behindBoth, saveBoth } from "./behind.js";

/**
 * A page that is one form over the record instance and PocketBase's settings.
 * @param {object} props
 * @param {string} props.title
 * @param {string} props.lead
 * @param {(decided: import("../../data/settings.js").Decisions, settings: any) => Record<string, any>} props.start  what the form begins with
 * @param {(values: Record<string, any>) => {decided?: Record<string, any>, settings?: Record<string, any>}} props.changes  what is saved
 * @param {import("../../parts/form.js").Behind["fields"]} props.fields  what is compared with what somebody else has saved
 * @param {(form: any) => unknown} props.children  the fields
 */
export function SettingsForm({ title, lead, ...rest }) {
  const decisions = useDecisions();
  const settings = useSettings();
  return html`
    <${PageHead} title=${title} lead=${lead} />
    <${Loaded} query=${decisions}>${(decided) => html`<${Loaded} query=${settings}>${(found) => html`<${Fields} decided=${decided} settings=${found} ...${rest} />`}<//>`}<//>
  `;
}

function Fields({ decided, settings, start, changes, fields, children }) {
  const form = useForm(start(decided, settings), async (values) => {
    const { decided: mine, settings: theirs } = changes(values);
    await saveBoth(form, { settings: theirs, ...(mine && { decided: { id: decided.id, ...mine } }) });
    form.settle(values, values);
    toast(t("set.saved"));
  }, behindBoth(decided, settings, start, fields));
  return html`
    <div class="settings-form narrow-form">
      <${Form} form=${form} guarded>
        ${children(form)}
        <div class="row"><${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("do.save")}<//></div>
      <//>
    </div>
  `;
}
