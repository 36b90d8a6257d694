import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { moderate } from "../../data/users.js";
import { isSuperuser, me } from "../../data/session.js";
import { href } from "../../router.js";
import { ask } from "../../parts/ask.js";
import { BlockDialog } from "../../parts/block-dialog.js";
import { Button } from "../../parts/button.js";
import { Menu } from "../../parts/menu.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { TransactionalDialog } from "./transactional-dialog.js";

/** Managers leave each other alone; superusers moderate everybody. @param {import("../../data/users.js").SeenUser} user */
const mayModerate = ({ id, role }) => isSuperuser.value || (role !== "manager" && id !== me.value.id);

/** Let a new user send mailings. @param {{user: import("../../data/users.js").SeenUser}} props */
export function Approve({ user }) {
  const [busy, setBusy] = useState(false);
  if (!mayModerate(user) || !user.awaiting_approval || user.blocked) return null;
  const approve = async () => {
    setBusy(true);
    await moderateAndSay(user, "approve");
    setBusy(false);
  };
  return html`<${Button} small icon="user-check" busy=${busy} onClick=${approve}>${t("user.approve")}<//>`;
}

/** What is a user's, and what a manager may do about an owner. @param {{user: import("../../data/users.js").SeenUser}} props */
export function UserMenu({ user }) {
  const [blocking, block] = useState(false);
  const [granting, grant] = useState(false);
  const { id, blocked } = user;
  const name = user.name || user.email;
  const unblock = async () => {
    if (await ask({ title: t("user.unblock.title", { name }), text: t("user.unblock.text"), act: t("do.unblock") })) moderateAndSay(user, "unblock");
  };
  // Superusers have no pages of mailings and clients.
  const items = isSuperuser.value ? [] : [
    { title: t("user.mailings"), icon: "send", href: href("/mailings", { owner: id }) },
    { title: t("user.clients"), icon: "users", href: href("/clients", { owner: id }) },
    { title: t("user.statistics"), icon: "chart-column", href: href("/statistics", { owner: id }) },
    { title: t("user.attempts"), icon: "scroll-text", href: href("/attempts", { owner: id }) },
  ];
  if (mayModerate(user)) items.push({ title: t("user.transactional.act"), icon: "mail", run: () => grant(true) });
  if (mayModerate(user)) items.push(blocked ? { title: t("do.unblock"), icon: "lock", run: unblock, apart: true } : { title: t("do.block"), icon: "ban", run: () => block(true), grave: true, apart: true });
  return html`
    <span class="row-acts"><${Menu} label=${name} items=${items} opener=${(attributes) => html`<${Button} kind="quiet" small icon="ellipsis" label=${t("user.acts", { name })} ...${attributes} />`} /></span>
    ${granting && html`<${TransactionalDialog} user=${user} onClose=${() => grant(false)} />`}
    ${blocking && html`<${BlockDialog} title=${t("block.user", { name })} text=${t("block.user.text")} onClose=${() => block(false)} onBlock=${(reason) => moderate(id, "block", { reason })} />`}
  `;
}

/** @param {import("../../data/users.js").SeenUser} user @param {"approve" | "unblock"} verb */
async function moderateAndSay({ id, name, email }, verb) {
  try {
    await moderate(id, verb);
    toast(t(`user.${verb}.done`, { name: name || email }));
  } catch (error) {
    toastTrouble(error);
  }
}
