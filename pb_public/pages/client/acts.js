import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { asWritten } from "../../data/idn.js";
import { deleteClients } from "../../data/clients.js";
import { orThrow } from "../../data/each.js";
import { go, here } from "../../router.js";
import { Button } from "../../parts/button.js";
import { confirmDelete } from "../../parts/delete.js";
import { Menu } from "../../parts/menu.js";
import { SuppressDialog } from "../suppressions/suppress-dialog.js";

/** @param {{client: import("../../data/clients.js").Client, suppressions?: unknown[], onEdit: () => void}} props */
export function ClientActs({ client: { id, email, full_name: name }, suppressions, onEdit }) {
  const [stopping, stop] = useState(false);
  const remove = async () => {
    const stillHere = here();
    if (await confirmDelete({ title: t("client.delete.title", { name: name || asWritten(email) }), text: t("client.delete.text") }, () => deleteClients([id]).then(orThrow)) && stillHere()) go("/clients", {}, { replace: true });
  };
  const items = [
    suppressions?.length === 0 && { title: t("client.stop"), icon: "ban", run: () => stop(true) },
    { title: t("do.delete"), icon: "trash", run: remove, grave: true, apart: true },
  ];
  return html`
    <${Button} icon="pencil" onClick=${onEdit}>${t("do.edit")}<//>
    <${Menu} label=${t("do.more")} items=${items} opener=${(attributes) => html`<${Button} icon="ellipsis" label=${t("do.more")} ...${attributes} />`} />
    ${stopping && html`<${SuppressDialog} value=${email} onClose=${() => stop(false)} />`}
  `;
}
