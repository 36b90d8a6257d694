import { html, useId, useState } from "../html.js";
import { t } from "../i18n/index.js";
import { findClients } from "../data/clients.js";
import { useQuery } from "../data/query.js";
import { Search } from "./search.js";

/**
 * Whose mail is shown: one client, found by name or address.
 * @param {{owner: string, value: string, onChange: (id: string) => void}} props
 */
export function ClientSelect({ owner, value, onChange }) {
  const [search, setSearch] = useState("");
  const id = useId();
  const clients = useQuery(["clients", "find", owner, search], (signal) => findClients(search, owner, signal));
  const found = clients.data ?? [];
  return html`
    <div class="row whose">
      <label class="muted" for=${id}>${t("preview.as")}</label>
      <select class="input select narrow" id=${id} value=${value} onChange=${(event) => onChange(event.target.value)}>
        <option value="" selected=${value === ""}>${t("preview.sample")}</option>
        ${found.map(({ id: client, email, full_name }) => html`<option key=${client} value=${client} selected=${client === value}>${full_name ? `${full_name}, ${email}` : email}</option>`)}
      </select>
      <${Search} short value=${search} label=${t("clients.find")} onSearch=${setSearch} />
    </div>
  `;
}
