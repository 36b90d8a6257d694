import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { act, deleteMailing, isRepeated, left } from "../../data/mailings.js";
import { download, newKey } from "../../data/pb.js";
import { isManager } from "../../data/session.js";
import { go, here, href } from "../../router.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { confirmDelete } from "../../parts/delete.js";
import { Menu } from "../../parts/menu.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { BlockDialog } from "../../parts/block-dialog.js";
import { askToResume, askToRetry, askToSendNow } from "./questions.js";

/**
 * What may be done with a mailing in its state, the likeliest as buttons, the rest behind three dots.
 * @param {{mailing: import("../../data/mailings.js").Mailing, own: boolean, onPreview: () => void}} props own: a manager only looks, and blocks
 */
export function MailingActs({ mailing, own, onPreview }) {
  const [busy, setBusy] = useState("");
  const [blocking, block] = useState(false);
  const { id, name, status, failed, bounced, total, blocked, started_at: started } = mailing;
  const waits = status === "scheduled" || (status === "paused" && !started);

  const run = async (verb, work, done = t(`done.${verb}`)) => {
    setBusy(verb);
    try {
      const answer = await work();
      toast(done);
      return answer;
    } catch (error) {
      toastTrouble(error);
    } finally {
      setBusy("");
    }
  };
  const verb = (name, body) => run(name, () => act(id, name, body));

  const sendNow = async () => {
    if (await askToSendNow(mailing)) run("send", () => act(id, "send", undefined, { "Idempotency-Key": newKey() }));
  };
  const retry = async (state, count) => {
    if (await askToRetry(state, count)) verb("retry", { states: [state] });
  };
  const resume = async () => {
    if (await askToResume(mailing)) verb("resume");
  };
  const cancel = async () => {
    const text = isRepeated(mailing) ? t("cancel.series") : waits ? t("cancel.scheduled") : t("cancel.text", { count: left(mailing) });
    if (await ask({ title: t("cancel.title"), text, act: t("do.cancelMailing"), stay: t("cancel.stay"), grave: true })) verb("cancel");
  };
  const duplicate = async () => {
    const stillHere = here();
    const copy = await run("duplicate", () => act(id, "duplicate"));
    if (copy && stillHere()) go(`/mailings/${copy.id}/edit`);
  };
  const remove = async () => {
    const text = t(total > 0 ? "mailing.delete.history" : isRepeated(mailing) ? "mailing.delete.series" : "mailing.delete.text");
    const stillHere = here();
    if (await confirmDelete({ title: t("mailing.delete.title", { name }), text }, () => deleteMailing(id)) && stillHere()) go("/mailings", {}, { replace: true });
  };
  const report = () => download(`/mailings/${id}/report.csv`, `${name}.csv`).catch(toastTrouble);
  const unblock = () => run("unblock", () => act(id, "unblock"));

  const done = status === "completed" || status === "cancelled";
  const items = [
    total > 0 && { title: t("mailing.report"), icon: "download", run: report },
    own && status === "created" && { title: t("do.edit"), icon: "pencil", href: href(`/mailings/${id}/edit`) },
    own && { title: t("do.duplicate"), icon: "copy", run: duplicate },
    own && status === "scheduled" && !isRepeated(mailing) && { title: t("do.sendNow"), icon: "send", run: sendNow, apart: true },
    own && failed > 0 && status !== "cancelled" && { title: t("do.retryFailed", { count: failed }), icon: "rotate-cw", run: () => retry("failed", failed), apart: true },
    own && bounced > 0 && status !== "cancelled" && { title: t("do.retryBounced", { count: bounced }), icon: "undo-2", run: () => retry("bounced", bounced), apart: failed === 0 },
    isManager.value && !blocked && { title: t("do.block"), icon: "ban", run: () => block(true), grave: true, apart: true },
    isManager.value && blocked && { title: t("do.unblock"), icon: "lock", run: unblock, apart: true },
    own && status !== "running" && { title: t("do.delete"), icon: "trash", run: remove, grave: true, apart: true },
  ].filter(Boolean);

  return html`
    <${Button} kind="quiet" icon="eye" onClick=${onPreview}>${t("mailing.letter")}<//>
    ${own && status === "running" && html`<${Button} icon="pause" busy=${busy === "pause"} onClick=${() => verb("pause")}>${t("do.pause")}<//>`}
    ${own && status === "paused" && !blocked && html`<${Button} kind="primary" icon="play" busy=${busy === "resume"} onClick=${resume}>${t("do.resume")}<//>`}
    ${own && waits && html`<${Button} icon="undo-2" busy=${busy === "unschedule"} onClick=${() => verb("unschedule")}>${t("do.unschedule")}<//>`}
    ${own && ["scheduled", "running", "paused"].includes(status) && html`<${Button} icon="x" busy=${busy === "cancel"} onClick=${cancel}>${t("do.cancelMailing")}<//>`}
    ${own && done && html`<${Button} icon="copy" busy=${busy === "duplicate"} onClick=${duplicate}>${t("do.duplicate")}<//>`}
    ${items.length > 0 && html`<${Menu} label=${t("do.more")} items=${items} opener=${(attributes) => html`<${Button} icon="ellipsis" label=${t("do.more")} ...${attributes} />`} />`}
    ${blocking && html`<${BlockDialog} title=${t("block.mailing", { name })} onClose=${() => block(false)} onBlock=${(reason) => act(id, "block", { reason })} />`}
  `;
}
