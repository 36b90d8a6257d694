import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { moderate } from "../../data/users.js";
import { me } from "../../data/session.js";
import { href } from "../../router.js";
import { ask } from "../../parts/ask.js";
import { BlockDialog } from "../../parts/block-dialog.js";
import { Button } from "../../parts/button.js";
import { Menu } from "../../parts/menu.js";
import { toast, toastTrouble } from "../../parts/toast.js";

/** What a manager may do about a user: owners can be approved and blocked, managers are left alone. @param {{user: import("../../data/users.js").SeenUser}} props */
export function UserActs({ user }) {
  const [busy, setBusy] = useState(false);
  const [blocking, block] = useState(false);
  const { id, name, email, role, blocked, awaiting_approval: awaiting } = user;
  const run = async (verb) => {
    setBusy(true);
    try {
      await moderate(id, verb);
      toast(t(`user.${verb}.done`, { name: name || email }));
    } catch (error) {
      toastTrouble(error);
    }
    setBusy(false);
  };
  const unblock = async () => {
    if (await ask({ title: t("user.unblock.title", { name: name || email }), text: t("user.unblock.text"), act: t("do.unblock") })) run("unblock");
  };
  const mayModerate = role !== "manager" && id !== me.value.id;
  const items = [
    { title: t("user.mailings"), icon: "send", href: href("/mailings", { owner: id }) },
    { title: t("user.clients"), icon: "users", href: href("/clients", { owner: id }) },
    { title: t("user.statistics"), icon: "chart-column", href: href("/statistics", { owner: id }) },
    { title: t("user.attempts"), icon: "scroll-text", href: href("/attempts", { owner: id }) },
    mayModerate && !blocked && { title: t("do.block"), icon: "ban", run: () => block(true), grave: true, apart: true },
    mayModerate && blocked && { title: t("do.unblock"), icon: "lock", run: unblock, apart: true },
  ];
  return html`
    <span class="row-acts">
      ${mayModerate && awaiting && !blocked && html`<${Button} small icon="user-check" busy=${busy} onClick=${() => run("approve")}>${t("user.approve")}<//>`}
      <${Menu} label=${name || email} items=${items} opener=${(attributes) => html`<${Button} kind="quiet" small icon="ellipsis" label=${t("user.acts", { name: name || email })} ...${attributes} />`} />
    </span>
    ${blocking && html`<${BlockDialog} title=${t("block.user", { name: name || email })} text=${t("block.user.text")} onClose=${() => block(false)} onBlock=${(reason) => moderate(id, "block", { reason })} />`}
  `;
}
