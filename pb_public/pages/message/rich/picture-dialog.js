import { html } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { Button } from "../../../parts/button.js";
import { Dialog } from "../../../parts/dialog.js";
import { TextField } from "../../../parts/field.js";
import { Form, useForm } from "../../../parts/form.js";

/** A letter is not wider than this, in pixels. */
const widest = 600;

/**
 * What is on a picture of the letter, and how wide it is shown.
 * @param {{image: HTMLImageElement, onDone: (picture: {alt: string, width: number}) => void, onRemove: () => void, onClose: () => void}} props
 */
export function PictureDialog({ image, onDone, onRemove, onClose }) {
  const width = Number(image.getAttribute("width")) || Math.min(image.naturalWidth, widest) || widest;
  const form = useForm({ alt: image.alt, width: String(width) }, async (values) => onDone({ alt: values.alt.trim(), width: Number(values.width) }));
  const acts = html`
    <${Button} onClick=${onRemove}>${t("image.remove")}<//>
    <${Button} onClick=${onClose}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="picture-looks">${t("do.save")}<//>
  `;
  return html`
    <${Dialog} title=${t("image.title")} acts=${acts} onClose=${onClose}>
      <img class="picture" src=${image.src} alt="" />
      <${Form} id="picture-looks" form=${form}>
        <${TextField} form=${form} name="alt" label=${t("image.alt")} hint=${t("image.alt.hint")} maxlength="200" autofocus />
        <${TextField} form=${form} name="width" type="number" inputmode="numeric" label=${t("image.width")} hint=${t("image.width.hint", { widest })} min="1" max=${widest} required />
      <//>
    <//>
  `;
}
