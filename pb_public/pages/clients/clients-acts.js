import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { exportClients } from "../../data/clients.js";
import { href, refine } from "../../router.js";
import { Button } from "../../parts/button.js";
import { Menu } from "../../parts/menu.js";
import { toastTrouble } from "../../parts/toast.js";

/** What can be done with one's clients as a whole. */
export function ClientsActs() {
  const items = [
    { title: t("clients.export.xlsx"), icon: "download", run: () => exportClients("xlsx", t("clients.file")).catch(toastTrouble) },
    { title: t("clients.export.csv"), icon: "download", run: () => exportClients("csv", t("clients.file")).catch(toastTrouble) },
    { title: t("clients.imports"), icon: "rotate-ccw-clock", href: href("/clients/imports") },
  ];
  return html`
    <${Button} icon="upload" href=${href("/clients/import")}>${t("clients.import")}<//>
    <${Button} kind="primary" icon="plus" onClick=${() => refine({ new: 1 })}>${t("client.new")}<//>
    <${Menu} label=${t("do.more")} items=${items} opener=${(attributes) => html`<${Button} icon="ellipsis" label=${t("do.more")} ...${attributes} />`} />
  `;
}
