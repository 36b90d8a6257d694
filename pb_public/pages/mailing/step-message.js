import { html, useEffect, useRef, useState } from "../../html.js";
import { day, t } from "../../i18n/index.js";
import { findMessages, readMessage } from "../../data/messages.js";
import { useQuery } from "../../data/query.js";
import { href, refine } from "../../router.js";
import { Button } from "../../parts/button.js";
import { DraftNote } from "../../parts/draft.js";
import { Empty } from "../../parts/empty.js";
import { TextField } from "../../parts/field.js";
import { Form } from "../../parts/form.js";
import { Loaded } from "../../parts/loaded.js";
import { Card } from "../../parts/page.js";
import { Search } from "../../parts/search.js";
import { MessageName, useStepForm } from "./kept-step.js";
import { SenderField, SenderName } from "./sender-field.js";
import { WizardFoot } from "./wizard-foot.js";

/** Which message, from whom, and what the mailing is called. @param {{mailing: any, control: any, onSave: (values: any) => Promise<void>}} props */
export function MessageStep({ mailing, control, onSave, onNext }) {
  const form = useStepForm({ step: "message", mailing, startOf, toMailing: (values) => values, onSave, onNext, words: wordsOf(), control });
  const [search, setSearch] = useState("");
  const messages = useQuery(["messages", "find", search], (signal) => findMessages(search, signal));
  const chosen = form.values.value.message;
  const known = useQuery(chosen ? ["message", chosen] : null, (signal) => readMessage(chosen, signal));
  // A mailing is called as its message until somebody says otherwise.
  const given = useRef("");
  const nameAs = (title) => {
    const current = form.values.peek().name;
    if (current && current !== given.current) return;
    given.current = [...title].slice(0, 200).join(""); // as many characters as a name has
    form.set("name", given.current);
  };
  const choose = (found) => {
    form.set("message", found.id);
    nameAs(found.name || found.subject);
    if (!mailing.id) refine({ message: found.id });
  };
  useEffect(() => {
    // Chosen elsewhere, by somebody who wrote it just now.
    if (!known.data) return;
    const title = known.data.name || known.data.subject;
    if (form.values.peek().name === title) given.current = title;
    else if (!form.values.peek().name) nameAs(title);
  }, [known.data]);
  useEffect(() => {
    // There is no other to choose.
    if (!chosen && !search && messages.data?.length === 1) choose(messages.data[0]);
  }, [messages.data]);
  // The chosen one is there to be seen, however many are newer.
  const shown = (found) => (!search && known.data && !found.some(({ id }) => id === chosen) ? [known.data, ...found] : found);
  return html`
    <${DraftNote} draft=${form.draft} />
    <${Form} id="step" form=${form}>
      <${Card} title=${t("step.message.title")} flush right=${html`<a class="link" href=${href("/messages/new", { then: "mailing" })}>${t("message.new")}</a>`}>
        <div class="toolbar"><${Search} value=${search} label=${t("messages.find")} onSearch=${setSearch} /></div>
        <${Loaded} query=${messages} rows=${3}>
          ${(found) =>
            found.length === 0
              ? html`<${Empty} icon="mail" title=${search ? t("found.none") : t("messages.none")} acts=${!search && html`<${Button} kind="primary" href=${href("/messages/new", { then: "mailing" })}>${t("message.new")}<//>`}>${search ? "" : t("messages.none.text")}<//>`
              : html`<ul class="picks">${shown(found).map((one) => html`<${MessagePick} key=${one.id} message=${one} chosen=${one.id === chosen} onChoose=${() => choose(one)} />`)}</ul>`}
        <//>
        ${form.errors.value.message && html`<p class="inside error">${form.errors.value.message}</p>`}
      <//>
      <${Card} title=${t("step.from.title")}>
        <${TextField} form=${form} name="name" label=${t("mailing.name")} hint=${t("mailing.name.hint")} required maxlength="255" />
        <div class="even">
          <${SenderField} form=${form} />
          <${TextField} form=${form} name="from_name" label=${t("mailing.fromName")} hint=${t("mailing.fromName.hint")} maxlength="255" optional />
          <${TextField} form=${form} name="reply_to" type="email" label=${t("mailing.replyTo")} hint=${t("mailing.replyTo.hint")} optional />
        </div>
      <//>
      <${WizardFoot} mailing=${mailing} busy=${form.busy.value} />
    <//>
  `;
}

const startOf = ({ name, message, sender, from_name, reply_to }) => ({ name, message, sender, from_name, reply_to });

const wordsOf = () => ({
  name: { label: t("mailing.name") },
  message: { label: t("step.message"), show: (id) => html`<${MessageName} id=${id} />` },
  sender: { label: t("mailing.sender"), show: (id) => html`<${SenderName} id=${id} />` },
  from_name: { label: t("mailing.fromName") },
  reply_to: { label: t("mailing.replyTo") },
});

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
