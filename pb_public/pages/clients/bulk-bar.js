import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { deleteClients } from "../../data/clients.js";
import { dropSubscriptions, joinLists, leaveList, restoreSubscriptions } from "../../data/lists.js";
import { explain } from "../../data/trouble.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { Menu } from "../../parts/menu.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { ListDialog } from "../lists/list-dialog.js";

/**
 * What can be done with the ticked clients, in the place of the filters.
 * @param {{chosen: Set<string>, lists: import("../../data/lists.js").List[], onDone: (left: Set<string>) => void}} props onDone: with those that stay chosen
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
  /**
   * Says what was done and what was not; those with whom it failed stay chosen.
   * @param {string} words @param {{item: any, error: unknown}[]} failed @param {(item: any) => string} idOf @param {() => Promise<{failed: unknown[]}>} [undo]
   */
  const finish = (words, failed, idOf, undo) => {
    const failure = failed.length > 0 ? t("bulk.failed", { count: failed.length, reason: explain(failed[0].error).title.replace(/\.$/, "") }) : "";
    const back = async () => {
      const left = await undo();
      if (left.failed.length > 0) toast(t("bulk.failed", { count: left.failed.length, reason: explain(left.failed[0].error).title.replace(/\.$/, "") }), { tone: "bad" });
    };
    toast([words, failure].filter(Boolean).join(" "), { tone: failure ? "bad" : "ok", undo: undo && { title: t("do.undo"), run: () => back().catch(toastTrouble) } });
    onDone(new Set(failed.map(({ item }) => idOf(item))));
  };
  const join = (list) =>
    run(async () => {
      const { added, refused, failed } = await joinLists(ids, [list.id]);
      const words = [added.length || !(refused || failed.length) ? t("bulk.joined", { count: added.length, list: list.name }) : "", refused > 0 ? t("bulk.refused", { count: refused }) : ""].filter(Boolean).join(" ");
      finish(words, failed, ({ client }) => client, added.length > 0 ? () => dropSubscriptions(added) : undefined);
    });
  const leave = (list) =>
    run(async () => {
      const { done, failed } = await leaveList(ids, list.id);
      const gone = done.map(({ item }) => item);
      finish(gone.length || !failed.length ? t("bulk.left", { count: gone.length, list: list.name }) : "", failed, ({ client }) => client, gone.length > 0 ? () => restoreSubscriptions(gone) : undefined);
    });
  const remove = async () => {
    if (!(await ask({ title: t("bulk.delete.title", { count: ids.length }), text: t("client.delete.text"), act: t("do.delete"), grave: true }))) return;
    await run(async () => {
      const { done, failed } = await deleteClients(ids);
      finish(done.length || !failed.length ? t("bulk.deleted", { count: done.length }) + "." : "", failed, (id) => id);
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
      <${Button} kind="quiet" onClick=${() => onDone(new Set())}>${t("bulk.none")}<//>
      ${naming && html`<${ListDialog} onClose=${() => name(false)} onSaved=${join} />`}
    </div>
  `;
}
