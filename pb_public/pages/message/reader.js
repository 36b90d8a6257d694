import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Button } from "../../parts/button.js";
import { Note } from "../../parts/note.js";
import { Card, PageHead } from "../../parts/page.js";
import { Preview } from "../../parts/preview.js";
import { Skeleton } from "../../parts/skeleton.js";
import { TroubleNote } from "../../parts/trouble.js";
import { useDuplicate } from "../messages.js";
import { Attachments } from "./attachments.js";
import { useLivePreview } from "./live-preview.js";

/** Another owner's message: to be looked at, not to be changed. @param {{message: import("../../data/messages.js").Message, crumb: unknown}} props */
export function MessageReader({ message, crumb }) {
  const { name, subject, expand, owner } = message;
  // Without the id: another owner's files do not belong into a mail of ours.
  const { preview, trouble, fault, retry } = useLivePreview(message, "", "");
  const [busy, duplicate] = useDuplicate(message.id, name);
  const who = expand?.owner?.name || expand?.owner?.email || owner;
  return html`
    <${PageHead} title=${name || subject || t("message.unnamed")} crumb=${crumb} lead=${t("message.ofOwner", { name: who })} />
    <${Note} acts=${html`<${Button} small icon="copy" busy=${busy} onClick=${duplicate}>${t("message.readOnly.duplicate")}<//>`}>${t("message.readOnly")}<//>
    <${Card} title=${t("preview")}>
      <${TroubleNote} trouble=${trouble} retry=${retry} />
      ${fault && html`<${Note} tone="warn">${t("preview.broken")} ${t(fault.words)}. <span class="said">${fault.detail}</span><//>`}
      ${preview ? html`<${Preview} preview=${preview} />` : !trouble && !fault && html`<${Skeleton} rows=${3} />`}
    <//>
    ${message.attachments.length > 0 && html`<${Card} title=${t("attachments")}><${Attachments} message=${message} /><//>`}
  `;
}
