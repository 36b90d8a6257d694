import { html } from "../../../html.js";
import { number, t } from "../../../i18n/index.js";
import { deleteServer, readServer, saveServer, useStatus } from "../../../data/servers.js";
import { useQuery } from "../../../data/query.js";
import { go, href } from "../../../router.js";
import { Button } from "../../../parts/button.js";
import { confirmDelete } from "../../../parts/delete.js";
import { CheckField, SelectField, TextArea, TextField } from "../../../parts/field.js";
import { Form, useForm } from "../../../parts/form.js";
import { Loaded } from "../../../parts/loaded.js";
import { MailServerFields } from "../../../parts/mail-server-fields.js";
import { Card, PageHead } from "../../../parts/page.js";
import { toast } from "../../../parts/toast.js";
import { ticked } from "../behind.js";
import { NumberField, numbersIn } from "../number-field.js";
import { OwnServer } from "./own.js";
import { StateBadge } from "./state.js";
import { ServerStatus } from "./status.js";
import { ServerTrial } from "./trial.js";
import { UsersField } from "./users-field.js";
import { WarmUp } from "./warm-up.js";

const list = () => html`<a href=${href("/settings/servers")}>${t("settings.servers")}</a>`;

/** One mail server: its settings, how it does, and a trial. @param {{id: string}} props "new" makes one, "default" are PocketBase's own mail settings */
export function ServerPage({ id }) {
  if (id === "default") return html`<${OwnServer} crumb=${list()} />`;
  if (id === "new") return html`<${PageHead} title=${t("servers.new")} crumb=${list()} lead=${t("servers.new.lead")} /><${ServerForm} />`;
  return html`<${Saved} id=${id} />`;
}

function Saved({ id }) {
  const server = useQuery(["servers", "one", id], (signal) => readServer(id, signal));
  const status = useStatus().data?.servers.find(({ sender }) => sender === id);
  return html`
    <${Loaded} query=${server}>${(found) => html`
      <${PageHead} title=${found.name} crumb=${list()} lead=${found.from_email} badge=${html`<${StateBadge} state=${status?.state} />`}
        acts=${html`<${Button} icon="trash" onClick=${() => remove(found)}>${t("do.delete")}<//>`} />
      <${ServerForm} key=${id} server=${found} aside=${(form) => html`
        <${Card} title=${t("server.test.title")}><${ServerTrial} id=${id} disabled=${form.dirty()} /><//>
        ${status && html`<${ServerStatus} status=${status} />`}
      `} />
    `}<//>
  `;
}

async function remove({ id, name }) {
  const done = await confirmDelete({ title: t("server.delete.title", { name }), text: t("server.delete.text") }, () => deleteServer(id));
  if (done) go("/settings/servers");
}

const numbers = ["port", "connections", "rate_per_second", "domain_rate_per_second", "daily_limit", "warm_up_start", "warm_up_growth"];
const texts = ["name", "host", "username", "from_email", "from_name", "reply_to", "return_path", "dkim_domain", "dkim_selector", "dkim_selector_2"];

/** What the form begins with. @param {import("../../../data/servers.js").Server} [server] */
const startOf = (server) => ({
  ...Object.fromEntries(texts.map((name) => [name, server?.[name] ?? ""])),
  ...Object.fromEntries(numbers.map((name) => [name, server?.[name] ? String(server[name]) : ""])),
  port: String(server?.port ?? 587),
  tls: server?.tls || "starttls",
  access: server?.access || "chosen",
  users: server?.users ?? [],
  return_path_style: server?.return_path_style || "plus",
  on: !server?.off,
  // Secrets are in no answer: empty ones keep what is stored.
  password: "",
  dkim_key: "",
  dkim_key_2: "",
});

function ServerForm({ server, aside }) {
  const form = useForm(startOf(server), async (values) => {
    const { on, ...fields } = values;
    const saved = await saveServer({ id: server?.id, ...fields, ...numbersIn(values, numbers), off: !on }, form.version);
    form.version = saved.updated;
    form.settle(startOf(saved), values);
    toast(t(server ? "server.saved" : "server.made"));
    if (!server) go(`/settings/servers/${saved.id}`, {}, { replace: true });
  }, {
    version: server?.updated ?? "",
    reread: async () => {
      const found = await readServer(server.id);
      return { version: found.updated, values: startOf(found) };
    },
    fields: {
      ...Object.fromEntries([...texts, ...numbers].map((name) => [name, { label: t(`server.${name}`) }])),
      tls: { label: t("server.tls"), show: (value) => t(`server.tls.${value}`) },
      on: ticked(t("server.on")),
      access: { label: t("server.access"), show: (value) => t(`server.access.${value}`) },
      users: { label: t("server.users"), show: (ids) => number(ids.length) },
      return_path_style: { label: t("server.style"), show: (value) => t(`server.style.${value}`) },
    },
  });
  const values = form.values.value;
  const text = (name, rest = {}) => html`<${TextField} form=${form} name=${name} label=${t(`server.${name}`)} hint=${t(`server.${name}.hint`)} ...${rest} />`;
  const figure = (name, rest = {}) => html`<${NumberField} form=${form} name=${name} label=${t(`server.${name}`)} unit=${t(`server.${name}.unit`)} hint=${t(`server.${name}.hint`)} ...${rest} />`;
  const privateKey = (name) => html`<${TextArea} form=${form} name=${name} label=${t(`server.${name}`)} hint=${t(server ? "server.dkim_key.kept" : "server.dkim_key.hint")} rows="3" maxlength="10000" spellcheck="false" optional />`;
  return html`
    <div class="two settings-form">
      <${Form} form=${form} guarded>
        <${Card} title=${t("server.connection")}><div class="form"><${MailServerFields} form=${form} stored=${Boolean(server)} /></div><//>
        <${Card} title=${t("server.from")}><div class="form">
          ${text("name", { required: true, maxlength: 100 })}
          ${text("from_email", { required: true, type: "email" })}
          ${text("from_name", { maxlength: 100, optional: true })}
          ${text("reply_to", { type: "email", optional: true })}
        </div><//>
        <${Card} title=${t("server.who")}><div class="form">
          <${CheckField} form=${form} name="on" label=${t("server.on")} hint=${t("server.on.hint")} />
          <${SelectField} form=${form} name="access" label=${t("server.access")} hint=${t(`server.access.${values.access}.hint`)} options=${["chosen", "everyone"].map((value) => ({ value, title: t(`server.access.${value}`) }))} />
          ${values.access === "chosen" && html`<${UsersField} form=${form} />`}
        </div><//>
        <${Card} title=${t("server.limits")}><div class="form">
          ${figure("daily_limit")}
          <div class="even">${figure("connections", { max: 500 })}${figure("rate_per_second", { step: "any" })}</div>
          ${figure("domain_rate_per_second", { step: "any" })}
          <div class="even">${figure("warm_up_start")}${figure("warm_up_growth", { max: 1000 })}</div>
          <${WarmUp} start=${Number(values.warm_up_start)} growth=${Number(values.warm_up_growth)} limit=${Number(values.daily_limit)} />
        </div><//>
        <${Card} title=${t("server.bounces")}><div class="form">
          ${text("return_path", { type: "email", optional: true })}
          ${values.return_path && html`<${SelectField} form=${form} name="return_path_style" label=${t("server.style")} hint=${t(`server.style.${values.return_path_style}.hint`)} options=${["plus", "minus", "plain"].map((value) => ({ value, title: t(`server.style.${value}`) }))} />`}
        </div><//>
        <${Card} title=${t("server.dkim")}><div class="form">
          <p class="muted">${t("server.dkim.text")}</p>
          ${text("dkim_domain", { maxlength: 255, optional: true })}
          ${text("dkim_selector", { maxlength: 63, optional: true })}
          ${privateKey("dkim_key")}
          <details class="detail" open=${Boolean(server?.dkim_selector_2) || Boolean(form.errors.value.dkim_selector_2)}>
            <summary>${t("server.dkim_2")}</summary>
            <div class="form">
              <p class="muted">${t("server.dkim_2.text")}</p>
              ${text("dkim_selector_2", { maxlength: 63, optional: true })}
              ${privateKey("dkim_key_2")}
            </div>
          </details>
        </div><//>
        <div class="row"><${Button} kind="primary" type="submit" busy=${form.busy.value}>${t(server ? "do.save" : "do.create")}<//></div>
      <//>
      ${aside && html`<div class="stack loose">${aside(form)}</div>`}
    </div>
  `;
}
