import { html } from "../../html.js";
import { day, t } from "../../i18n/index.js";
import { orThrow } from "../../data/each.js";
import { dropSubscriptions, joinLists, listsOfClient, ownLists, restoreSubscriptions } from "../../data/lists.js";
import { useQuery } from "../../data/query.js";
import { me } from "../../data/session.js";
import { href } from "../../router.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { Loaded } from "../../parts/loaded.js";
import { Menu } from "../../parts/menu.js";
import { Card } from "../../parts/page.js";
import { toast, toastTrouble } from "../../parts/toast.js";

/** Lists that a client is on, or has left. @param {{client: import("../../data/clients.js").Client, own: boolean}} props */
export function ClientLists({ client: { id }, own }) {
  const subscriptions = useQuery(["client", id, "lists"], (signal) => listsOfClient(id, signal));
  const known = subscriptions.data ?? [];
  return html`
    <${Card} title=${t("clients.tab.lists")} right=${own && html`<${Join} client=${id} known=${known} />`} flush>
      <${Loaded} query=${subscriptions} rows=${2}>
        ${(found) =>
          found.length === 0
            ? html`<p class="inside muted">${t("client.lists.none")}</p>`
            : html`<ul class="lines">${found.map((one) => html`<${Subscribed} key=${one.id} subscription=${one} own=${own} />`)}</ul>`}
      <//>
    <//>
  `;
}

function Subscribed({ subscription, own }) {
  const { list, status, updated, expand } = subscription;
  const name = expand?.list?.name ?? "";
  const leave = async () => {
    try {
      orThrow(await dropSubscriptions([subscription]));
      toast(t("client.list.left", { list: name }), { undo: { title: t("do.undo"), run: () => restoreSubscriptions([subscription]).then(orThrow).catch(toastTrouble) } });
    } catch (error) {
      toastTrouble(error);
    }
  };
  return html`
    <li>
      <span class="who"><a href=${href("/clients", { list })}>${name}</a>${status === "unsubscribed" && html`<small>${t("client.list.unsubscribed", { day: day(updated) })}</small>`}</span>
      ${status !== "confirmed" && html`<${Badge} tone=${status === "pending" ? "warn" : "idle"}>${t(`subscription.${status}`)}<//>`}
      ${own && status !== "unsubscribed" && html`<${Button} kind="quiet" small icon="x" label=${t("client.list.leave", { list: name })} onClick=${leave} />`}
    </li>
  `;
}

function Join({ client, known }) {
  const lists = useQuery(["lists", me.value.id], ownLists);
  const others = (lists.data ?? []).filter(({ id }) => !known.some(({ list }) => list === id));
  if (others.length === 0) return null;
  const join = (list) => joinLists([client], [list.id]).then(orThrow).then(() => toast(t("client.list.joined", { list: list.name })), toastTrouble);
  return html`<${Menu} label=${t("bulk.join")} items=${others.map((list) => ({ title: list.name, run: () => join(list) }))} opener=${(attributes) => html`<${Button} kind="quiet" small icon="plus" ...${attributes}>${t("bulk.join")}<//>`} />`;
}
