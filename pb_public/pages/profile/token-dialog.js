import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { makeToken, scopes } from "../../data/tokens.js";
import { Button } from "../../parts/button.js";
import { Copy } from "../../parts/copy.js";
import { Dialog } from "../../parts/dialog.js";
import { Check, Field, SelectField, TextField } from "../../parts/field.js";
import { Form, closing, useForm } from "../../parts/form.js";

const lifetimes = ["30", "90", "365", ""];

/** Makes a token, and shows its secret once. @param {{onClose: () => void}} props */
export function TokenDialog({ onClose }) {
  const [secret, show] = useState("");
  const form = useForm({ name: "", scopes: ["read"], days: "90" }, async ({ name, scopes, days }) => {
    const expires = days && new Date(Date.now() + Number(days) * 86_400_000).toISOString();
    show((await makeToken({ name, scopes, expires })).secret);
  });
  if (secret) return html`<${Secret} secret=${secret} onClose=${onClose} />`;
  const close = closing(form, onClose);
  const acts = html`
    <${Button} onClick=${close}>${t("do.cancel")}<//>
    <${Button} kind="primary" type="submit" form="token" busy=${form.busy.value}>${t("do.create")}<//>
  `;
  return html`
    <${Dialog} title=${t("tokens.new")} acts=${acts} onClose=${close}>
      <${Form} id="token" form=${form}>
        <${TextField} form=${form} name="name" label=${t("tokens.name")} hint=${t("tokens.name.hint")} required maxlength="100" autofocus />
        <${Scopes} form=${form} />
        <${SelectField} form=${form} name="days" label=${t("tokens.days")} options=${lifetimes.map((value) => ({ value, title: value ? t("tokens.days.of", { count: Number(value) }) : t("tokens.days.never") }))} />
      <//>
    <//>
  `;
}

/** Write includes read. */
function Scopes({ form }) {
  const chosen = form.values.value.scopes;
  const choose = (scope, on) => form.set("scopes", on ? [...chosen, scope] : chosen.filter((one) => one !== scope));
  return html`
    <fieldset class="stack tight">
      <legend class="legend-name">${t("tokens.scopes")}</legend>
      ${scopes.map((scope) => html`<${Check} key=${scope} name=${scope} label=${t(`tokens.scope.${scope}`)} hint=${t(`tokens.scope.${scope}.hint`)} checked=${chosen.includes(scope)} onChange=${(on) => choose(scope, on)} />`)}
      ${form.errors.value.scopes && html`<p class="error" role="alert">${form.errors.value.scopes}</p>`}
    </fieldset>
  `;
}

function Secret({ secret, onClose }) {
  const acts = html`<${Button} kind="primary" onClick=${onClose}>${t("do.close")}<//>`;
  return html`
    <${Dialog} title=${t("tokens.made")} acts=${acts} onClose=${onClose}>
      <p>${t("tokens.secret.text")}</p>
      <${Field} label=${t("tokens.secret")} aside=${html`<${Copy} text=${secret} />`}>
        ${(attributes) => html`<input class="input token-secret" ...${attributes} readonly value=${secret} onFocus=${(event) => event.target.select()} />`}
      <//>
    <//>
  `;
}
