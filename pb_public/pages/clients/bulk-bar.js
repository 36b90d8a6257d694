import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { deleteClients, deleteMatching, exportClients, joinMatching, leaveMatching, rejoin, unjoin } from "../../data/clients.js";
import { dropSubscriptions, joinLists, leaveList, restoreSubscriptions } from "../../data/lists.js";
import { explain } from "../../data/trouble.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { Menu } from "../../parts/menu.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { ListDialog } from "../lists/list-dialog.js";

/**
 * What can be done with the chosen clients, in the place of the filters: those that are ticked, or all that match.
 * @param {object} props
 * @param {Set<string>} props.chosen
 * @param {import("../../data/lists.js").List[]} props.lists
 * @param {import("../../data/clients.js").ClientsWanted} props.wanted  what the list shows
 * @param {number} [props.total]  how many match
 * @param {boolean} props.everything  all that match are meant
 * @param {(() => void) | false} props.onEverything  chooses all that match, where that is more than is ticked
 * @param {(left: Set<string>) => void} props.onDone  with those that stay chosen
 */
export function BulkBar({ chosen, lists, wanted, total = 0, everything, onEverything, onDone }) {
  const [busy, setBusy] = useState(false);
  const [naming, name] = useState(false);
  const ids = [...chosen];
  const count = everything ? total : ids.length;

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
  /** Says what was done with all that match. @param {string} words @param {() => Promise<unknown>} [undo] */
  const say = (words, undo) => {
    toast(words, { undo: undo && { title: t("do.undo"), run: () => undo().catch(toastTrouble) } });
    onDone(new Set());
  };
  const joined = (added, list, refused) => [t("bulk.joined", { count: added, list: list.name }), refused > 0 ? t("bulk.refused", { count: refused }) : ""].filter(Boolean).join(" ");
  const join = (list) =>
    run(async () => {
      if (everything) {
        const { clients, refused } = await joinMatching(wanted, total, list.id);
        return say(joined(clients.length, list, refused), clients.length > 0 ? () => unjoin(list.id, clients) : undefined);
      }
      const { added, refused, failed } = await joinLists(ids, [list.id]);
      const words = [added.length || !(refused || failed.length) ? t("bulk.joined", { count: added.length, list: list.name }) : "", refused > 0 ? t("bulk.refused", { count: refused }) : ""].filter(Boolean).join(" ");
      finish(words, failed, ({ client }) => client, added.length > 0 ? () => dropSubscriptions(added) : undefined);
    });
  const leave = (list) =>
    run(async () => {
      if (everything) {
        const left = await leaveMatching(wanted, total, list.id);
        const gone = left.confirmed.length + left.pending.length;
        return say(t("bulk.left", { count: gone, list: list.name }), gone > 0 ? () => rejoin(list.id, left) : undefined);
      }
      const { done, failed } = await leaveList(ids, list.id);
      const gone = done.map(({ item }) => item);
      finish(gone.length || !failed.length ? t("bulk.left", { count: gone.length, list: list.name }) : "", failed, ({ client }) => client, gone.length > 0 ? () => restoreSubscriptions(gone) : undefined);
    });
  const remove = async () => {
    if (!(await ask({ title: t("bulk.delete.title", { count }), text: t("client.delete.text"), act: t("do.delete"), grave: true }))) return;
    await run(async () => {
      if (everything) return say(t("bulk.deleted", { count: (await deleteMatching(wanted, total)).deleted }) + ".");
      const { done, failed } = await deleteClients(ids);
      finish(done.length || !failed.length ? t("bulk.deleted", { count: done.length }) + "." : "", failed, (id) => id);
    });
  };

  const into = [...lists.map((list) => ({ title: list.name, run: () => join(list) })), { title: t("list.new"), icon: "plus", run: () => name(true), apart: lists.length > 0 }];
  const files = /** @type {const} */ (["xlsx", "csv"]).map((format) => ({ title: t(`bulk.export.${format}`), run: () => run(() => exportClients(format, t("clients.file"), wanted)) }));
  const outOf = lists.map((list) => ({ title: list.name, run: () => leave(list) }));
  return html`
    <div class="toolbar" role="group" aria-label=${t("bulk")}>
      <b class="num">${t("bulk.chosen", { count })}</b>
      ${onEverything && html`<${Button} kind="quiet" disabled=${busy} onClick=${onEverything}>${t("bulk.everything", { count: total })}<//>`}
      <${Menu} label=${t("bulk.join")} items=${into} opener=${(attributes) => html`<${Button} icon="plus" busy=${busy} ...${attributes}>${t("bulk.join")}<//>`} />
      ${lists.length > 0 && html`<${Menu} label=${t("bulk.leave")} items=${outOf} opener=${(attributes) => html`<${Button} icon="minus" disabled=${busy} ...${attributes}>${t("bulk.leave")}<//>`} />`}
      ${everything && html`<${Menu} label=${t("bulk.export")} items=${files} opener=${(attributes) => html`<${Button} icon="download" disabled=${busy} ...${attributes}>${t("bulk.export")}<//>`} />`}
      <${Button} icon="trash" disabled=${busy} onClick=${remove}>${t("do.delete")}<//>
      <${Button} kind="quiet" onClick=${() => onDone(new Set())}>${t("bulk.none")}<//>
      ${naming && html`<${ListDialog} onClose=${() => name(false)} onSaved=${join} />`}
    </div>
  `;
}
