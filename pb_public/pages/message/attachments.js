import { html, useRef, useState } from "../../html.js";
import { bytes, t } from "../../i18n/index.js";
import { attachmentName, largestAttachment, mostAttachments, readAttachment } from "../../data/messages.js";
import { saveFile } from "../../data/pb.js";
import { Button, Icon } from "../../parts/button.js";
import { toast, toastTrouble } from "../../parts/toast.js";

/**
 * Files that go with every mail. They are uploaded and removed when the message is saved.
 * @param {{message: import("../../data/messages.js").Message, form?: any, error?: string}} props without a form they are only shown
 */
export function Attachments({ message, form, error }) {
  const { added = [], removed = [] } = form?.values.value ?? {};
  const kept = message.attachments.filter((file) => !removed.includes(file));
  const room = mostAttachments - kept.length - added.length;
  const add = (files) => {
    const fit = [...files].filter((file) => file.size <= largestAttachment);
    if (fit.length < files.length) toast(t("attachments.tooLarge", { size: bytes(largestAttachment) }), { tone: "bad" });
    if (fit.length > room) toast(t("attachments.tooMany", { count: mostAttachments }), { tone: "bad" });
    form.set("added", [...added, ...fit.slice(0, room)]);
  };
  const open = (file) => readAttachment(message, file).then((blob) => saveFile(blob, attachmentName(message, file)), toastTrouble);
  return html`
    <div class="attachments stack tight">
      ${kept.length + added.length > 0 && html`
        <ul class="files">
          ${kept.map((file) => html`<${FileLine} key=${file} name=${attachmentName(message, file)} onOpen=${() => open(file)} onDrop=${form && (() => form.set("removed", [...removed, file]))} />`)}
          ${added.map((file, i) => html`<${FileLine} key=${file.name + i} name=${file.name} size=${file.size} isNew onDrop=${() => form.set("added", added.filter((other) => other !== file))} />`)}
        </ul>
      `}
      ${removed.length > 0 && html`<p class="muted">${t("attachments.removed", { count: removed.length })} <button class="link" type="button" onClick=${() => form.set("removed", [])}>${t("attachments.keep")}</button></p>`}
      ${form && room > 0 && html`<${Drop} onFiles=${add} />`}
      ${error && html`<p class="error" role="alert">${error}</p>`}
    </div>
  `;
}

function FileLine({ name, size, isNew = false, onOpen, onDrop }) {
  return html`
    <li>
      <${Icon} name="file-text" />
      ${onOpen ? html`<button class="link clip" type="button" onClick=${onOpen}>${name}</button>` : html`<span class="clip">${name}</span>`}
      ${size !== undefined && html`<span class="faint num">${bytes(size)}</span>`}
      ${isNew && html`<span class="faint">${t("attachments.new")}</span>`}
      ${onDrop && html`<span class="push"><${Button} kind="quiet" small icon="x" label=${t("attachments.drop", { name })} onClick=${onDrop} /></span>`}
    </li>
  `;
}

/** A button that takes files, chosen or dropped on it. */
function Drop({ onFiles }) {
  const [over, setOver] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const chosen = (event) => {
    onFiles(event.target.files);
    event.target.value = "";
  };
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    onFiles(event.dataTransfer.files);
  };
  const enter = (event) => {
    event.preventDefault();
    setOver(true);
  };
  return html`
    <div class=${over ? "drop over" : "drop"} onDragOver=${enter} onDragLeave=${() => setOver(false)} onDrop=${drop}>
      <input class="unseen" type="file" multiple tabindex="-1" aria-label=${t("attachments.add")} ref=${input} onChange=${chosen} />
      <${Button} small icon="upload" onClick=${() => input.current.click()}>${t("attachments.add")}<//>
      <span class="faint">${t("attachments.hint", { count: mostAttachments, size: bytes(largestAttachment) })}</span>
    </div>
  `;
}
