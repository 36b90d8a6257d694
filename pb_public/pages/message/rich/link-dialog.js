import { html } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { Button } from "../../../parts/button.js";
import { Dialog } from "../../../parts/dialog.js";
import { TextField } from "../../../parts/field.js";
import { Form, useForm } from "../../../parts/form.js";
import { Menu } from "../../../parts/menu.js";

/** Where the selected words lead. @param {{url: string, onDone: (url: string) => void, onClose: () => void}} props "" takes the link away */
export function LinkDialog({ url, onDone, onClose }) {
  const form = useForm({ url }, async (values) => onDone(whole(values.url)));
  const ready = ["view_url", "unsubscribe_url"].map((name) => ({ title: t(`variable.${name}`), run: () => form.set("url", `{{ ${name} }}`) }));
  const acts = html`
    ${url && html`<${Button} onClick=${() => onDone("")}>${t("rich.link.remove")}<//>`}
    <${Button} onClick=${onClose}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="link">${t("do.insert")}<//>
  `;
  const menu = html`<${Menu} label=${t("variables")} items=${ready} opener=${(rest) => html`<${Button} kind="quiet" small icon="braces" ...${rest}>${t("variable")}<//>`} />`;
  return html`
    <${Dialog} title=${t("rich.link")} acts=${acts} onClose=${onClose}>
      <${Form} id="link" form=${form}><${TextField} form=${form} name="url" label=${t("rich.link.url")} hint=${t("rich.link.hint")} aside=${menu} inputmode="url" placeholder="https://" required autofocus /><//>
    <//>
  `;
}

/** People leave out https, and write addresses as they are. @param {string} typed */
export function whole(typed) {
  const text = typed.trim();
  if (/^[a-z][a-z0-9+.-]*:|^\{\{|^#/i.test(text)) return text;
  return text.includes("@") && !text.includes("/") ? `mailto:${text}` : `https://${text}`;
}
