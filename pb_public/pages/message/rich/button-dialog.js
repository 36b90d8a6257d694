import { escapeHTML, html } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { Button } from "../../../parts/button.js";
import { Dialog } from "../../../parts/dialog.js";
import { TextField } from "../../../parts/field.js";
import { Form, useForm } from "../../../parts/form.js";
import { whole } from "./link-dialog.js";

const colors = ["#3b53e0", "#0f7a52", "#8a2846", "#a4500f", "#16181d"];

/** A link that looks like a button. @param {{onDone: (code: string) => void, onClose: () => void}} props */
export function ButtonDialog({ onDone, onClose }) {
  const form = useForm({ words: "", url: "", color: colors[0] }, async ({ words, url, color }) => onDone(buttonCode(words, whole(url), color)));
  const { color } = form.values.value;
  const acts = html`<${Button} onClick=${onClose}>${t("do.cancel")}<//><${Button} kind="primary" type="submit" form="button">${t("do.insert")}<//>`;
  return html`
    <${Dialog} title=${t("rich.button")} acts=${acts} onClose=${onClose}>
      <${Form} id="button" form=${form}>
        <${TextField} form=${form} name="words" label=${t("rich.button.words")} required maxlength="80" autofocus />
        <${TextField} form=${form} name="url" label=${t("rich.link.url")} hint=${t("rich.link.hint")} inputmode="url" placeholder="https://" required />
        <fieldset class="swatches">
          <legend>${t("rich.button.color")}</legend>
          ${colors.map((one, i) => html`<label key=${one} style=${{ "--swatch": one }}><input type="radio" name="color" value=${one} checked=${one === color} aria-label=${t(`color.${i + 1}`)} onChange=${() => form.set("color", one)} /></label>`)}
        </fieldset>
      <//>
    <//>
  `;
}

function buttonCode(words, url, color) {
  return `<p><a href="${escapeHTML(url)}" style="display:inline-block;padding:12px 24px;border-radius:8px;background:${color};color:#ffffff;font-weight:bold;text-decoration:none">${escapeHTML(words.trim())}</a></p>`;
}
