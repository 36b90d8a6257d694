import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { listAttempts } from "../../data/attempts.js";
import { useQuery } from "../../data/query.js";
import { refine } from "../../router.js";
import { AttemptTable } from "../../parts/attempt-table.js";
import { Empty } from "../../parts/empty.js";
import { KeysetPager } from "../../parts/keyset-pager.js";
import { Loaded } from "../../parts/loaded.js";
import { Card } from "../../parts/page.js";

const perPage = 30;

/**
 * What was sent to a client and what the servers answered.
 * @param {{client: import("../../data/clients.js").Client, query: {before?: string, after?: string}}} props
 */
export function ClientHistory({ client: { id, owner }, query: { before = "", after = "" } }) {
  // The owner is in the condition for the index that begins with it.
  const attempts = useQuery(["attempts", "client", id, { before, after }], (signal) => listAttempts({ client: id, owner, before, after, perPage }, signal));
  return html`
    <${Card} title=${t("client.history")} flush>
      <${Loaded} query=${attempts}>
        ${(page) =>
          page.items.length === 0
            ? html`<${Empty} icon="mail" title=${t("client.history.none")}>${t("client.history.none.text")}<//>`
            : html`<${AttemptTable} attempts=${page.items} label=${t("client.history")} ofClient /><${KeysetPager} page=${page} onMove=${(place) => refine(place, { replace: false })} />`}
      <//>
    <//>
  `;
}
