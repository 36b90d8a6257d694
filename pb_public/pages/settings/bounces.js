import { html, useState } from "../../html.js";
import { ago, t } from "../../i18n/index.js";
import { instance } from "../../data/instance.js";
import { deleteWay, hookAddress, tryHook, tryMailbox, useHooks, useMailboxes } from "../../data/intake.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { Copy } from "../../parts/copy.js";
import { confirmDelete } from "../../parts/delete.js";
import { Loaded } from "../../parts/loaded.js";
import { Menu } from "../../parts/menu.js";
import { Note } from "../../parts/note.js";
import { Card, PageHead } from "../../parts/page.js";
import { toastTrouble } from "../../parts/toast.js";
import { HookDialog } from "./bounces/hook-dialog.js";
import { MailboxDialog } from "./bounces/mailbox-dialog.js";

/** Where undelivered emails and complaints come in. */
export default function BouncesPage() {
  const mailboxes = useMailboxes();
  const hooks = useHooks();
  const [mailbox, editMailbox] = useState(/** @type {any} */ (null));
  const [hook, editHook] = useState(/** @type {any} */ (null));
  return html`
    <${PageHead} title=${t("settings.bounces")} lead=${t("ways.lead")} />
    <${Card} title=${t("mailboxes")} right=${html`<${Button} small icon="plus" onClick=${() => editMailbox({})}>${t("mailbox.new")}<//>`} flush>
      <${Loaded} query=${mailboxes} rows=${2}>${(found) =>
        found.length === 0 ? html`<p class="inside muted">${t("mailboxes.none")}</p>` : html`<ul class="lines">${found.map((one) => html`<${MailboxLine} key=${one.id} mailbox=${one} onEdit=${() => editMailbox(one)} />`)}</ul>`}
      <//>
    <//>
    <${Card} title=${t("hooks")} right=${html`<${Button} small icon="plus" onClick=${() => editHook({})}>${t("hook.new")}<//>`} flush>
      <${Loaded} query=${hooks} rows=${2}>${(found) =>
        found.length === 0 ? html`<p class="inside muted">${t("hooks.none")}</p>` : html`<ul class="lines">${found.map((one) => html`<${HookLine} key=${one.id} hook=${one} onEdit=${() => editHook(one)} />`)}</ul>`}
      <//>
    <//>
    ${mailbox && html`<${MailboxDialog} mailbox=${mailbox.id ? mailbox : undefined} onClose=${() => editMailbox(null)} />`}
    ${hook && html`<${HookDialog} hook=${hook.id ? hook : undefined} onClose=${() => editHook(null)} />`}
  `;
}

/** Whether it works, in a word. */
function WayBadge({ way: { active, last_error: error } }) {
  if (!active) return html`<${Badge}>${t("way.off")}<//>`;
  return error ? html`<${Badge} tone="bad">${t("way.fails")}<//>` : html`<${Badge} tone="ok">${t("way.works")}<//>`;
}

/** Runs one trial at a time and keeps what came of it. @param {(verb: string) => Promise<any>} run */
function useTrial(run) {
  const [busy, setBusy] = useState("");
  const [found, show] = useState(null);
  const go = async (verb) => {
    setBusy(verb);
    show(null);
    await run(verb).then((answer) => show({ verb, ...answer }), toastTrouble);
    setBusy("");
  };
  return { busy, found, go };
}

/** @param {{mailbox: import("../../data/intake.js").Mailbox, onEdit: () => void}} props */
function MailboxLine({ mailbox, onEdit }) {
  const { id, name, username, host, last_read_at: read, last_error: error, active } = mailbox;
  const { busy, found, go } = useTrial((verb) => tryMailbox(id, /** @type {any} */ (verb)));
  const remove = () => confirmDelete({ title: t("mailbox.delete", { name }), text: t("mailbox.delete.text") }, () => deleteWay("mailboxes", id));
  return html`
    <li class="way">
      <div class="who">
        <b>${name}</b> <${WayBadge} way=${mailbox} />
        <small class="faint">${username} · ${host} · ${read ? t("mailbox.read", { when: ago(read) }) : t("mailbox.unread")}</small>
        ${active && error && html`<p class="said">${error}</p>`}
        ${found && html`<${Note} tone=${found.ok ? "ok" : "bad"} live>${found.ok ? t(found.verb === "read" ? "mailbox.done" : "mailbox.ok", { count: found.booked, other: found.not_ours }) : t("mailbox.failed")}${found.error && html`<p class="said">${found.error}</p>`}<//>`}
      </div>
      <span class="row-acts">
        ${active && html`<${Button} small icon="rotate-cw" busy=${busy === "read"} onClick=${() => go("read")}>${t("mailbox.readNow")}<//>`}
        <${Button} small busy=${busy === "test"} onClick=${() => go("test")}>${t("way.test")}<//>
        <${WayMenu} name=${name} onEdit=${onEdit} onDelete=${remove} />
      </span>
    </li>
  `;
}

/** @param {{hook: import("../../data/intake.js").Hook, onEdit: () => void}} props */
function HookLine({ hook, onEdit }) {
  const { id, provider, last_seen_at: seen, last_error: error, active } = hook;
  const { busy, found, go } = useTrial(() => tryHook(id));
  const name = t(`provider.${provider}`);
  const address = hookAddress(hook, instance.value?.address ?? "");
  const remove = () => confirmDelete({ title: t("hook.delete", { name }), text: t("hook.delete.text") }, () => deleteWay("bounce_hooks", id));
  return html`
    <li class="way">
      <div class="who">
        <b>${name}</b> <${WayBadge} way=${hook} />
        <small class="faint">${seen ? t("hook.seen", { when: ago(seen) }) : t("hook.unseen")}</small>
        <div class="hook-address"><code class="said">${address}</code><${Copy} text=${address} /></div>
        ${active && error && html`<p class="said">${error}</p>`}
        ${found && html`<${Note} tone=${found.ok ? "ok" : "bad"} live>${t(found.ok ? "hook.ok" : "hook.failed")}${found.error && html`<p class="said">${found.error}</p>`}<//>`}
      </div>
      <span class="row-acts">
        ${active && html`<${Button} small busy=${busy === "test"} onClick=${() => go("test")}>${t("way.test")}<//>`}
        <${WayMenu} name=${name} onEdit=${onEdit} onDelete=${remove} />
      </span>
    </li>
  `;
}

function WayMenu({ name, onEdit, onDelete }) {
  const items = [
    { title: t("do.edit"), icon: "pencil", run: onEdit },
    { title: t("do.delete"), icon: "trash", run: onDelete, grave: true, apart: true },
  ];
  return html`<${Menu} label=${name} items=${items} opener=${(attributes) => html`<${Button} kind="quiet" small icon="ellipsis" label=${t("way.acts", { name })} ...${attributes} />`} />`;
}
