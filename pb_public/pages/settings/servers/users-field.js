import { html } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { useOwners } from "../../../data/owners.js";
import { Check } from "../../../parts/field.js";

/** Which users may send with a mail server. @param {{form: any}} props */
export function UsersField({ form }) {
  const chosen = form.values.value.users;
  const users = useOwners();
  const toggle = (id, on) => form.set("users", on ? [...chosen, id] : chosen.filter((one) => one !== id));
  return html`
    <fieldset class="stack tight">
      <legend class="legend-name">${t("server.users")}</legend>
      ${chosen.length === 0 && html`<p class="muted">${t("server.users.none")}</p>`}
      <div class="user-picks">${users.map(({ id, name, email }) => html`<${Check} key=${id} label=${name || email} hint=${name && email} checked=${chosen.includes(id)} onChange=${(on) => toggle(id, on)} />`)}</div>
    </fieldset>
  `;
}
