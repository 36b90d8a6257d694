import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { useHome } from "../../data/home.js";
import { pb, where } from "../../data/pb.js";
import { useQuery } from "../../data/query.js";
import { me } from "../../data/session.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { Icon } from "../../parts/icon.js";
import { Card } from "../../parts/page.js";

/** On an empty account: the three things that lead to the first mailing, the next one lit. */
export function FirstSteps() {
  const id = me.value.id;
  const mine = useHome().data?.mine;
  const messages = useQuery(["messages", "any", id], (signal) => pb.collection("messages").getList(1, 1, { filter: where("owner = {:id}", { id }), skipTotal: true, fields: "id", signal }));
  const steps = [
    { key: "clients", icon: "users", done: mine?.unique_recipients > 0, href: href("/clients/import") },
    { key: "message", icon: "mail", done: messages.data?.items.length > 0, href: href("/messages/new") },
    { key: "mailing", icon: "send", done: false, href: href("/mailings/new") },
  ];
  const next = steps.findIndex(({ done }) => !done);
  return html`
    <${Card} title=${t("first.title")} flush>
      <ol class="first-steps">
        ${steps.map(
          ({ key, icon, done, href: url }, i) => html`
            <li key=${key} class=${done ? "done" : ""}>
              <span class="sign"><${Icon} name=${done ? "check" : icon} /></span>
              <div><h3>${t(`first.${key}`)}</h3><p class="muted">${t(`first.${key}.text`)}</p></div>
              ${!done && html`<${Button} kind=${i === next ? "primary" : "plain"} href=${url}>${t(`first.${key}.act`)}<//>`}
            </li>
          `,
        )}
      </ol>
    <//>
  `;
}
