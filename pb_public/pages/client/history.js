import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { attemptsOfClient } from "../../data/attempts.js";
import { useQuery } from "../../data/query.js";
import { refine } from "../../router.js";
import { AttemptTable } from "../../parts/attempt-table.js";
import { Empty } from "../../parts/empty.js";
import { Loaded } from "../../parts/loaded.js";
import { Card } from "../../parts/page.js";
import { EmptiedPage, Pager } from "../../parts/pager.js";

const perPage = 30;

/**
 * What was sent to a client and what the servers answered.
 * @param {{client: import("../../data/clients.js").Client, query: {page?: string}}} props
 */
export function ClientHistory({ client: { id }, query }) {
  const page = Number(query.page) || 1;
  const attempts = useQuery(["attempts", "client", id, page], (signal) => attemptsOfClient(id, { page, perPage }, signal));
  return html`
    <${Card} title=${t("client.history")} flush>
      <${Loaded} query=${attempts}>
        ${({ items, totalItems }) =>
          items.length === 0 && page > 1 ? html`<${EmptiedPage} perPage=${perPage} totalItems=${totalItems} />`
          : items.length === 0
            ? html`<${Empty} icon="mail" title=${t("client.history.none")}>${t("client.history.none.text")}<//>`
            : html`<${AttemptTable} attempts=${items} label=${t("client.history")} ofClient /><${Pager} page=${page} perPage=${perPage} shown=${items.length} totalItems=${totalItems} onPage=${(next) => refine({ page: next > 1 ? next : "" }, { replace: false })} />`}
      <//>
    <//>
  `;
}
