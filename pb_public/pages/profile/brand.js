import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { readBrand, saveBrand, useBrand } from "../../data/brand.js";
import { Button } from "../../parts/button.js";
import { Field, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Loaded } from "../../parts/loaded.js";
import { toast } from "../../parts/toast.js";
import { BrandPreview, gonetsColour } from "./brand-preview.js";
import { LogoField } from "./logo-field.js";

/** What readers recognise one by: on the pages that they open, and in the footer of emails. */
export function Brand() {
  return html`
    <p class="muted">${t("brand.text")}</p>
    <${Loaded} query=${useBrand()} rows=${4}>${(brand) => html`<${BrandForm} brand=${brand} />`}<//>
  `;
}

/** @param {{brand: import("../../data/brand.js").Brand | null}} props */
function BrandForm({ brand }) {
  const form = useForm(startOf(brand), async (values) => {
    const saved = await saveBrand(brand?.id ?? "", values, form.version);
    form.version = saved.updated;
    form.settle(startOf(saved), values);
    toast(t("brand.saved"));
  }, {
    version: brand?.updated ?? "",
    reread: async () => {
      const found = await readBrand();
      return { version: found?.updated ?? "", values: startOf(found) };
    },
    fields: {
      name: { label: t("brand.name") },
      site: { label: t("brand.site") },
      postal_address: { label: t("brand.address") },
      colour: { label: t("brand.colour") },
    },
  });
  const { colour } = form.values.value;
  const usual = colour && html`<button class="link" type="button" onClick=${() => form.set("colour", "")}>${t("brand.colour.usual")}</button>`;
  return html`
    <${LogoField} brand=${brand} />
    <${Form} form=${form} guarded>
      <${TextField} form=${form} name="name" label=${t("brand.name")} hint=${t("brand.name.hint")} maxlength="100" autocomplete="organization" />
      <${TextField} form=${form} name="postal_address" label=${t("brand.address")} hint=${t("brand.address.hint")} maxlength="300" autocomplete="street-address" />
      <${TextField} form=${form} name="site" type="url" label=${t("brand.site")} placeholder="https://example.com" maxlength="300" optional />
      <${Field} label=${t("brand.colour")} hint=${t("brand.colour.hint")} aside=${usual} error=${form.errors.value.colour}>
        ${(attributes) => html`<input class="input colour" type="color" name="colour" ...${attributes} value=${colour || gonetsColour} onInput=${(event) => form.set("colour", event.target.value)} />`}
      <//>
      <${BrandPreview} values=${form.values.value} brand=${brand} />
      <div><${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("do.save")}<//></div>
    <//>
  `;
}

const startOf = (brand) => ({ name: brand?.name ?? "", site: brand?.site ?? "", postal_address: brand?.postal_address ?? "", colour: brand?.colour ?? "" });
