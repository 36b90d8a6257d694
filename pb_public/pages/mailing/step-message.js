import { html, useEffect, useState } from "../../html.js";
import { day, t } from "../../i18n/index.js";
import { findMessages } from "../../data/messages.js";
import { pb } from "../../data/pb.js";
import { useQuery } from "../../data/query.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { Empty } from "../../parts/empty.js";
import { SelectField, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Loaded } from "../../parts/loaded.js";
import { Card } from "../../parts/page.js";
import { Search } from "../../parts/search.js";
import { WizardFoot } from "./wizard-foot.js";

/** Which message, from whom, and what the mailing is called. @param {{mailing: any, onSave: (values: any) => Promise<void>}} props */
export function MessageStep({ mailing, onSave }) {
  const { name, message, sender, from_name, reply_to } = mailing;
  const form = useForm({ name, message, sender, from_name, reply_to }, (values) => onSave(values));
  const [search, setSearch] = useState("");
  const messages = useQuery(["messages", "find", search], (signal) => findMessages(search, signal));
  const senders = useQuery(["senders"], (signal) => pb.collection("senders").getFullList({ fields: "id,name,from_email,from_name", signal }));
  const chosen = form.values.value.message;
  const choose = (found) => {
    form.set("message", found.id);
    // The mailing is called as its message until somebody says otherwise.
    const named = form.values.peek().name;
    if (!named || messages.data?.some((other) => other.name === named)) form.set("name", found.name);
  };
  // It came with the address, or there is no other to choose.
  useEffect(() => {
    if (!messages.data || form.values.peek().name) return;
    const given = messages.data.find(({ id }) => id === chosen) ?? (messages.data.length === 1 && !chosen && !search ? messages.data[0] : null);
    if (given) choose(given);
  }, [messages.data]);
  return html`
    <${Form} form=${form}>
      <${Card} title=${t("step.message.title")} flush right=${html`<a class="link" href=${href("/messages/new", { then: "mailing" })}>${t("message.new")}</a>`}>
        <div class="toolbar"><${Search} value=${search} label=${t("messages.find")} onSearch=${setSearch} /></div>
        <${Loaded} query=${messages} rows=${3}>
          ${(found) =>
            found.length === 0
              ? html`<${Empty} icon="mail" title=${search ? t("found.none") : t("messages.none")} acts=${!search && html`<${Button} kind="primary" href=${href("/messages/new", { then: "mailing" })}>${t("message.new")}<//>`}>${search ? "" : t("messages.none.text")}<//>`
              : html`<ul class="picks">${found.map((one) => html`<${MessagePick} key=${one.id} message=${one} chosen=${one.id === chosen} onChoose=${() => choose(one)} />`)}</ul>`}
        <//>
        ${form.errors.value.message && html`<p class="inside error">${form.errors.value.message}</p>`}
      <//>
      <${Card} title=${t("step.from.title")}>
        <${TextField} form=${form} name="name" label=${t("mailing.name")} hint=${t("mailing.name.hint")} required maxlength="255" />
        <div class="even">
          ${senders.data?.length > 0 && html`
            <${SelectField} form=${form} name="sender" label=${t("mailing.sender")}
              options=${[{ value: "", title: t("mailing.sender.default") }, ...senders.data.map((one) => ({ value: one.id, title: `${one.name} <${one.from_email}>` }))]} />
          `}
          <${TextField} form=${form} name="from_name" label=${t("mailing.fromName")} hint=${t("mailing.fromName.hint")} maxlength="255" optional />
          <${TextField} form=${form} name="reply_to" type="email" label=${t("mailing.replyTo")} hint=${t("mailing.replyTo.hint")} optional />
        </div>
      <//>
      <${WizardFoot} busy=${form.busy.value} />
    <//>
  `;
}

function MessagePick({ message: { id, name, subject, updated }, chosen, onChoose }) {
  return html`
    <li>
      <label class="pick">
        <input type="radio" name="message" value=${id} required checked=${chosen} onChange=${onChoose} />
        <span class="who"><b>${name}</b><small class="clip">${subject}</small></span>
        <span class="push faint num">${day(updated)}</span>
      </label>
    </li>
  `;
}
