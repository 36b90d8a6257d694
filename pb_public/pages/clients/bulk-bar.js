import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { deleteClients } from "../../data/clients.js";
import { dropSubscriptions, joinLists, leaveList, restoreSubscriptions } from "../../data/lists.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { Menu } from "../../parts/menu.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { ListDialog } from "../lists/list-dialog.js";

/**
 * What can be done with the ticked clients, in the place of the filters.
 * @param {{chosen: Set<string>, lists: import("../../data/lists.js").List[], onDone: () => void}} props
 */
export function BulkBar({ chosen, lists, onDone }) {
  const [busy, setBusy] = useState(false);
  const [naming, name] = useState(false);
  const ids = [...chosen];

  const run = async (work) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      toastTrouble(error);
    }
    setBusy(false);
  };
  const join = (list) =>
    run(async () => {
      const { added, refused } = await joinLists(ids, [list.id]);
      const words = [added.length || !refused ? t("bulk.joined", { count: added.length, list: list.name }) : "", refused > 0 ? t("bulk.refused", { count: refused }) : ""].filter(Boolean).join(" ");
      toast(words, { undo: added.length > 0 ? { title: t("do.undo"), run: () => dropSubscriptions(added).catch(toastTrouble) } : undefined });
      onDone();
    });
  const leave = (list) =>
    run(async () => {
      const gone = await leaveList(ids, list.id);
      toast(t("bulk.left", { count: gone.length, list: list.name }), { undo: gone.length > 0 ? { title: t("do.undo"), run: () => restoreSubscriptions(gone).catch(toastTrouble) } : undefined });
      onDone();
    });
  const remove = async () => {
    if (!(await ask({ title: t("bulk.delete.title", { count: ids.length }), text: t("client.delete.text"), act: t("do.delete"), grave: true }))) return;
    await run(async () => {
      await deleteClients(ids);
      toast(t("bulk.deleted", { count: ids.length }));
      onDone();
    });
  };

  const into = [...lists.map((list) => ({ title: list.name, run: () => join(list) })), { title: t("list.new"), icon: "plus", run: () => name(true), apart: lists.length > 0 }];
  const outOf = lists.map((list) => ({ title: list.name, run: () => leave(list) }));
  return html`
    <div class="toolbar" role="group" aria-label=${t("bulk")}>
      <b class="num">${t("bulk.chosen", { count: ids.length })}</b>
      <${Menu} label=${t("bulk.join")} items=${into} opener=${(attributes) => html`<${Button} icon="plus" busy=${busy} ...${attributes}>${t("bulk.join")}<//>`} />
      ${lists.length > 0 && html`<${Menu} label=${t("bulk.leave")} items=${outOf} opener=${(attributes) => html`<${Button} icon="minus" disabled=${busy} ...${attributes}>${t("bulk.leave")}<//>`} />`}
      <${Button} icon="trash" disabled=${busy} onClick=${remove}>${t("do.delete")}<//>
      <${Button} kind="quiet" onClick=${onDone}>${t("bulk.none")}<//>
      ${naming && html`<${ListDialog} onClose=${() => name(false)} onSaved=${join} />`}
    </div>
  `;
}
