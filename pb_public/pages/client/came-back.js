import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { bouncesOfClient } from "../../data/bounces.js";
import { useQuery } from "../../data/query.js";
import { BounceTable } from "../../parts/bounce-table.js";
import { Card } from "../../parts/page.js";
import { Pager } from "../../parts/pager.js";

const perPage = 10;

/** What came back from a client, and nothing where nothing did. @param {{client: import("../../data/clients.js").Client}} props */
export function CameBack({ client: { id } }) {
  const [page, turn] = useState(1);
  const bounces = useQuery(["bounces", "client", id, page], (signal) => bouncesOfClient(id, { page, perPage }, signal));
  const { items = [], totalItems = 0 } = bounces.data ?? {};
  if (totalItems === 0) return null;
  return html`
    <${Card} title=${t("bounces.ofClient")} flush>
      <${BounceTable} bounces=${items} label=${t("bounces.ofClient")} ofClient />
      <${Pager} page=${page} perPage=${perPage} shown=${items.length} totalItems=${totalItems} onPage=${turn} />
    <//>
  `;
}
