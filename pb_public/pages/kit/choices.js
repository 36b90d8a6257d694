import { html, useState } from "../../html.js";
import { me } from "../../data/session.js";
import { CheckField, Choice } from "../../parts/field.js";
import { FilterEditor } from "../../parts/filter-editor.js";
import { Form, useForm } from "../../parts/form.js";
import { Card } from "../../parts/page.js";
import { ZoneField } from "../../parts/zone-field.js";
import { ComboField } from "../../parts/combo.js";

const cities = ["Казань", "Москва", "Самара", "Тверь", "York", "Bristol", "Leeds"].map((title, i) => ({ value: String(i), title, note: `${i + 1}` }));
const choices = [{ value: "one", title: "One", hint: "With a word of explanation." }, { value: "two", title: "Two", hint: "And another." }, { value: "three", title: "Three", hint: "Not now.", disabled: true }];

/** Things to choose from. @param {{look: string}} props */
export function Choices({ look }) {
  const form = useForm({ zone: "Europe/Moscow", city: "1", agree: true, not: false, choice: "one" }, async () => {});
  const [filter, setFilter] = useState('status = "active" && attributes.city ~ "Тверь"');
  return html`
    <${Card} title="Check, choice, combo">
      <${Form} form=${form} id=${`kit-choices-${look}`}>
        <div class="even">
          <${CheckField} form=${form} name="agree" label="Checked" hint="With a hint." />
          <${CheckField} form=${form} name="not" label="Disabled" disabled />
        </div>
        <${Choice} name="choice" legend="Choice" options=${choices} value=${form.values.value.choice} onChange=${(value) => form.set("choice", value)} />
        <div class="even">
          <${ComboField} form=${form} name="city" label="Combo" options=${cities} hint="Typing searches." optional />
          <${ZoneField} form=${form} name="zone" label="One of very many" />
        </div>
      <//>
    <//>
    ${me.value && html`<${Card} title="Filter editor"><${FilterEditor} value=${filter} onChange=${setFilter} /><//>`}
  `;
}
