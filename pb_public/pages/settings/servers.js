import { html } from "../../html.js";
import { number, t } from "../../i18n/index.js";
import { useServers, useStatus } from "../../data/servers.js";
import { useSettings } from "../../data/settings.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { ListPage } from "../../parts/list-page.js";
import { Table } from "../../parts/table.js";
import { ServerPage } from "./servers/server.js";
import { StateBadge, today } from "./servers/state.js";

/** Mail servers: all of them, or with an id one. @param {{id?: string}} props */
export default function ServersPage({ id }) {
  return id ? html`<${ServerPage} id=${id} />` : html`<${Servers} />`;
}

function Servers() {
  const servers = useServers();
  const settings = useSettings().data;
  const status = useStatus().data?.servers ?? [];
  // PocketBase's own mail settings are the first row, whatever else there is.
  const rows = servers.data && settings && [{ ...own(settings), status: status.find(({ sender }) => sender === "") }, ...servers.data.map((server) => ({ ...server, status: status.find(({ sender }) => sender === server.id) }))];
  return html`
    <${ListPage} title=${t("settings.servers")} lead=${t("servers.lead")} query=${{ ...servers, data: rows }}
      acts=${html`<${Button} kind="primary" icon="plus" href=${href("/settings/servers/new")}>${t("servers.new")}<//>`}>
      ${(found) => html`<${Table} label=${t("settings.servers")} columns=${columns()} rows=${found} href=${({ id }) => href(`/settings/servers/${id}`)} />`}
    <//>
  `;
}

/** PocketBase's own mail settings in the shape of the others. */
const own = ({ smtp, meta }) => ({ id: "default", name: t("servers.own"), from_email: meta.senderAddress, host: smtp.host, port: smtp.port, unset: !smtp.enabled || !smtp.host });

const columns = () => [
  { title: t("server.name"), phone: "head", look: "strong", cell: ({ name, from_email: from }) => html`<span class="who"><b>${name}</b><small class="clip">${from}</small></span>` },
  { title: t("server.state"), phone: "side", cell: ({ status, unset }) => html`<${StateBadge} state=${unset ? "unset" : status?.state} />` },
  { title: t("server.address"), cell: ({ host, port, unset }) => html`<span class="faint">${unset ? "—" : `${host}:${port}`}</span>` },
  { title: t("server.today"), figures: true, cell: ({ status }) => status && html`<span class="wide-only">${today(status)}</span><span class="phone-only faint">${t("server.today")}: ${today(status)}</span>` },
  { title: t("server.queue"), figures: true, phone: "none", cell: ({ status }) => status && number(status.queue) },
];
