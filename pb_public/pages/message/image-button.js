import { escapeHTML, html, useRef, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { uploadImage } from "../../data/images.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { toast, toastTrouble } from "../../parts/toast.js";

/** @typedef {{url: string, width: number, alt: string}} Picture */

/** Chooses a picture, uploads it, asks what is on it. @param {{onInsert: (picture: Picture) => void}} props */
export function ImageButton({ onInsert }) {
  const [busy, setBusy] = useState(false);
  const [uploaded, setUploaded] = useState(/** @type {null | {url: string, width: number}} */ (null));
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const chosen = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    setBusy(true);
    setUploaded(await upload(file));
    setBusy(false);
  };
  const insert = (alt) => {
    onInsert({ ...uploaded, alt });
    setUploaded(null);
  };
  return html`
    <input class="unseen" type="file" accept="image/jpeg,image/png,image/gif,image/webp" tabindex="-1" aria-label=${t("image")} ref=${input} onChange=${chosen} />
    <${Button} kind="quiet" small icon="image" label=${t("image")} busy=${busy} onClick=${() => input.current.click()} />
    ${uploaded && html`<${Describe} url=${uploaded.url} onDone=${insert} onClose=${() => setUploaded(null)} />`}
  `;
}

/** Upload or say why not. @param {File} file */
export async function upload(file) {
  try {
    return await uploadImage(file);
  } catch (error) {
    if (typeof error?.status === "number") toastTrouble(error);
    else toast(t("image.unreadable"), { tone: "bad" });
    return null;
  }
}

/** What is on the picture: for those who do not see it, and mail programs that do not show it. */
function Describe({ url, onDone, onClose }) {
  const form = useForm({ alt: "" }, async ({ alt }) => onDone(alt.trim()));
  const acts = html`<${Button} onClick=${onClose}>${t("do.cancel")}<//><${Button} kind="primary" type="submit" form="picture">${t("do.insert")}<//>`;
  return html`
    <${Dialog} title=${t("image.title")} acts=${acts} onClose=${onClose}>
      <img class="picture" src=${url} alt="" />
      <${Form} id="picture" form=${form}><${TextField} form=${form} name="alt" label=${t("image.alt")} hint=${t("image.alt.hint")} maxlength="200" autofocus /><//>
    <//>
  `;
}

/** A picture as each format writes it. @param {Picture} picture @param {string} format */
export function pictureCode({ url, width, alt }, format) {
  if (format === "markdown") return `![${alt.replace(/[[\]]/g, "")}](${url})`;
  if (format === "text") return url;
  return `<img src="${url}" alt="${escapeHTML(alt)}" width="${width}" style="max-width:100%;height:auto">`;
}
