import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { useHome } from "../../data/home.js";
import { pb, where } from "../../data/pb.js";
import { stale, useQuery } from "../../data/query.js";
import { me } from "../../data/session.js";
import { href } from "../../router.js";
import { Button, Icon } from "../../parts/button.js";
import { Card } from "../../parts/page.js";
import { toast, toastTrouble } from "../../parts/toast.js";

/** On an empty account: the three things that lead to the first mailing, the next one lit. */
export default function FirstSteps() {
  const id = me.value.id;
  const mine = useHome().data?.mine;
  const messages = useQuery(["messages", "any", id], (signal) => pb.collection("messages").getList(1, 1, { filter: where("owner = {:id}", { id }), skipTotal: true, fields: "id", signal }));
  const message = messages.data?.items[0]?.id;
  const known = mine !== undefined && messages.data !== undefined;
  const has = { clients: mine?.unique_recipients > 0, message: Boolean(message) };
  const steps = [
    { key: "clients", icon: "users", done: has.clients, href: href("/clients/import"), beside: html`<${BeginWithMe} />` },
    // Written with the clients at hand, a message goes straight on to its mailing.
    { key: "message", icon: "mail", done: has.message, href: href("/messages/new", { then: has.clients && "mailing" }) },
    { key: "mailing", icon: "send", done: false, href: href("/mailings/new", { message }) },
  ];
  const next = known ? steps.findIndex(({ done }) => !done) : -1;
  return html`
    <${Card} title=${t("first.title")} flush>
      <ol class="first-steps">
        ${steps.map(
          ({ key, icon, done, href: url, beside }, i) => html`
            <li key=${key} class=${done ? "done" : ""}>
              <span class="sign"><${Icon} name=${done ? "check" : icon} /></span>
              <div class="who"><h3>${t(`first.${key}`)}</h3><p class="muted">${t(`first.${key}.text`)}</p></div>
              ${!done && html`<div class="acts">${beside}<${Button} kind=${i === next ? "primary" : "plain"} href=${url}>${t(`first.${key}.act`)}<//></div>`}
            </li>
          `,
        )}
      </ol>
    <//>
  `;
}

/** The quickest way to a first client: one's own address, already confirmed. */
function BeginWithMe() {
  const [busy, setBusy] = useState(false);
  const add = async () => {
    setBusy(true);
    try {
      const { email, name } = me.value;
      await pb.collection("clients").create({ email, full_name: name });
      stale("clients", "client", "lists", "home");
      toast(t("first.clients.added"));
    } catch (error) {
      toastTrouble(error);
      setBusy(false);
    }
  };
  return html`<${Button} busy=${busy} onClick=${add}>${t("first.clients.me")}<//>`;
}
