import { html, useId, useState } from "../html.js";
import { t } from "../i18n/index.js";
import { asWritten } from "../data/idn.js";
import { findClients } from "../data/clients.js";
import { useQuery } from "../data/query.js";
import { Combo } from "./combo.js";
import { useSettled } from "./settled.js";

/** Typing is faster than finding. */
const pause = 200;

/**
 * Whose mail is shown: one client, found by name or address.
 * @param {object} props
 * @param {string} props.owner
 * @param {string} props.value  id of the client that was chosen, "" for none
 * @param {{id: string, email: string, full_name: string}} [props.shown]  whose mail is on the screen, who has no id when made up
 * @param {boolean} [props.invented]  somebody made up can be chosen too
 * @param {(id: string) => void} props.onChange
 */
export function ClientSelect({ owner, value, shown, invented = false, onChange }) {
  const [typed, type] = useState("");
  const search = useSettled(typed, pause);
  const id = useId();
  const clients = useQuery(["clients", "find", owner, search], (signal) => findClients(search, owner, signal));
  const found = (clients.data ?? []).map(({ id: client, email, full_name }) => ({ value: client, title: full_name || asWritten(email), note: full_name && asWritten(email) }));
  const current = value || shown?.id || "";
  const known = found.some((option) => option.value === current);
  const named = shown?.id ? { value: shown.id, title: shown.full_name || asWritten(shown.email), note: shown.full_name && asWritten(shown.email) } : null;
  const options = [
    // Who is shown is named even when the search is for somebody else.
    ...(named && !known && !search ? [named] : []),
    ...found,
    ...((invented || !named) && !search ? [{ value: "", title: t("preview.sample") }] : []),
  ];
  return html`
    <div class="row whose">
      <label class="muted" for=${id}>${t("preview.as")}</label>
      <${Combo} id=${id} label=${t("preview.as")} placeholder=${t("clients.find")} options=${options} value=${current} onType=${type} onChange=${onChange} />
    </div>
  `;
}
