import { html, useState } from "../../html.js";
import { t, when } from "../../i18n/index.js";
import { consentsOf } from "../../data/consents.js";
import { listsOf } from "../../data/lists.js";
import { useQuery } from "../../data/query.js";
import { Card } from "../../parts/page.js";
import { Pager } from "../../parts/pager.js";

const perPage = 10;

/** How a client came onto lists and left them, and nothing where nothing is known. @param {{client: import("../../data/clients.js").Client}} props */
export function Consents({ client }) {
  const [page, turn] = useState(1);
  const log = useQuery(["client", "consents", client.id, client.updated, page], (signal) => consentsOf(client, { page, perPage }, signal));
  const lists = useQuery(["lists", client.owner], (signal) => listsOf(client.owner, signal));
  const { items = [], totalItems = 0 } = log.data ?? {};
  if (totalItems === 0) return null;
  const nameOf = (list) => (list === "" ? t("consent.all") : (lists.data?.find(({ id }) => id === list)?.name ?? t("consent.list.gone")));
  return html`
    <${Card} title=${t("consents.title")}>
      <ul class="token-list">${items.map(({ id, event, list, ip, user_agent: program, created }) => html`
        <li key=${id}><span class="who"><b>${t(`consent.${event}`)}</b><small>${[nameOf(list), when(created), ip].filter(Boolean).join(" · ")}</small>${program && html`<small>${program}</small>`}</span></li>
      `)}</ul>
      <${Pager} page=${page} perPage=${perPage} shown=${items.length} totalItems=${totalItems} onPage=${turn} />
    <//>
  `;
}
