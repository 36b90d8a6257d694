import { html, useEffect, useRef, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { readMessage, saveMessage, testDraft } from "../../data/messages.js";
import { keyOf } from "../../data/kept.js";
import { go, here, parse } from "../../router.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { DraftNote, useDraft } from "../../parts/draft.js";
import { Form, useForm } from "../../parts/form.js";
import { Menu } from "../../parts/menu.js";
import { narrow } from "../../parts/narrow.js";
import { PageHead } from "../../parts/page.js";
import { TestSend } from "../../parts/test-send.js";
import { toast } from "../../parts/toast.js";
import { removeMessage } from "../messages.js";
import { LivePreview, draftOf, useLivePreview, useShownClient } from "./live-preview.js";
import { WritePane } from "./write-pane.js";

/**
 * A message being written, and beside it the mail that it becomes.
 * @param {{message: any, crumb: unknown, then?: string, as?: string}} props then: "mailing" goes on to a mailing with this message; as: whose mail is shown
 */
export function MessageEditor({ message, crumb, then, as }) {
  const { id } = message;
  const [client, chooseClient] = useShownClient(as);
  const [testing, test] = useState(false);
  const [pane, show] = useState("write");
  // Somebody who came from a mailing goes back to it: "mailing" begins one, an address is one that is being prepared.
  const back = then?.startsWith("/mailings/") ? then : "";
  const usual = then === "mailing" ? "mailing" : back ? "back" : "stay";
  const aim = useRef(usual);
  const form = useForm(startOf(message), async () => {
    const next = aim.current;
    const stillHere = here();
    let saved = message;
    do {
      const sent = form.values.peek();
      saved = await saveMessage(saved.id, { ...sent, name: sent.name.trim() || sent.subject.trim() || t("message.unnamed") }, form.version);
      form.version = saved.updated;
      form.settle(startOf(saved), sent);
      // What was typed meanwhile is saved too when this page is about to be left; else it waits for the next save.
    } while (form.dirty() && (next !== "stay" || !id));
    draft.forget();
    // The guard looks again only after the form has been drawn as saved.
    requestAnimationFrame(() => {
      if (!stillHere()) return;
      if (next === "mailing") go("/mailings/new", { message: saved.id });
      else if (next === "back") location.hash = back;
      else if (!id) go(`/messages/${saved.id}`, { as: parse(location.hash).query.as }, { replace: true });
    });
    if (next === "stay") toast(t("message.saved"));
  }, {
    version: message.updated,
    reread: async () => {
      const found = await readMessage(id);
      return { version: found.updated, values: startOf(found) };
    },
    fields: wordsOf(),
  });
  // Files that were to be attached are not kept.
  const draft = useDraft({ key: keyOf("draft", id || "new"), base: message.updated, form, names: ["name", "subject", "preheader", "format", "body", "text_body"], asks: true });
  const live = useLivePreview(form.values.value, id, client);
  const dirty = form.values.value && form.dirty();

  const remove = async () => {
    if (!(await removeMessage(id, message.name))) return;
    form.settle();
    draft.forget();
    requestAnimationFrame(() => go("/messages", {}, { replace: true }));
  };
  useSaveKey("message");
  const mail = () => {
    if (!form.dirty()) return go("/mailings/new", { message: id });
    aim.current = "mailing";
    /** @type {HTMLFormElement} */ (document.getElementById("message")).requestSubmit();
  };
  const mailable = usual === "stay" && id;
  // The buttons of a phone have one line.
  const more = [
    mailable && narrow.value && { title: t("message.mail"), icon: "send", run: mail },
    id && { title: t("do.delete"), icon: "trash", grave: true, run: remove },
  ].filter(Boolean);
  const acts = html`
    ${more.length > 0 && html`<${Menu} label=${t("do.more")} items=${more} opener=${(attributes) => html`<${Button} icon="ellipsis" label=${t("do.more")} ...${attributes} />`} />`}
    <${Button} icon="mail-check" onClick=${() => test(true)}>${t("test.title")}<//>
    ${mailable && !narrow.value && html`<${Button} icon="send" onClick=${mail}>${t("message.mail")}<//>`}
    <${Button} kind="primary" type="submit" form="message" busy=${form.busy.value} disabled=${Boolean(id) && !dirty && usual === "stay"} onClick=${() => (aim.current = usual)}>
      ${t({ mailing: "message.saveAndMail", back: "message.saveAndBack", stay: "do.save" }[usual])}
    <//>
  `;
  return html`
    <${PageHead} title=${form.values.value.name || message.name || t("message.newTitle")} crumb=${crumb} acts=${acts} />
    <${DraftNote} draft=${draft} />
    <div class="segments panes" role="group" aria-label=${t("editor.panes")}>
      ${["write", "look"].map((name) => html`<button key=${name} type="button" aria-pressed=${pane === name} onClick=${() => show(name)}>${t(`editor.${name}`)}</button>`)}
    </div>
    <div class="editor" data-pane=${pane}>
      <${Form} id="message" form=${form} guarded=${t("message.leave")} class="write stack">
        <${WritePane} form=${form} message=${message} fault=${live.fault} />
      <//>
      <${LivePreview} live=${live} blank=${!form.values.value.subject && !form.values.value.body} client=${client} onClient=${chooseClient} />
    </div>
    ${testing && html`<${Dialog} title=${t("test.title")} onClose=${() => test(false)}><${TestSend} send=${(to, key) => testDraft(draftOf(form.values.peek(), id, client ?? ""), to, key)} /><//>`}
  `;
}

/** What a form begins with: the message, and no change to its files. */
function startOf({ name, subject, preheader, format, body, text_body }) {
  return { name, subject, preheader, format, body, text_body, added: [], removed: [] };
}

/** What is compared when somebody else has saved the message meanwhile. */
const wordsOf = () => ({
  name: { label: t("message.name") },
  subject: { label: t("message.subject") },
  preheader: { label: t("message.preheader") },
  format: { label: t("message.format"), show: (value) => t(`format.${value}`) },
  body: { label: t("message.body"), show: (text) => html`<span class="said">${text}</span>` },
  text_body: { label: t("message.text"), show: (text) => html`<span class="said">${text}</span>` },
});

/** Ctrl+S saves the form. @param {string} form id */
function useSaveKey(form) {
  useEffect(() => {
    const save = (event) => {
      // By the place of the key: with Cyrillic letters switched on its name is another.
      if ((event.code !== "KeyS" && event.key.toLowerCase() !== "s") || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      /** @type {HTMLFormElement} */ (document.getElementById(form))?.requestSubmit();
    };
    addEventListener("keydown", save);
    return () => removeEventListener("keydown", save);
  }, []);
}
