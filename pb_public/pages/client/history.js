import { html } from "../../html.js";
import { fullTime, t, when } from "../../i18n/index.js";
import { attemptsOfClient } from "../../data/attempts.js";
import { listsOfClient } from "../../data/lists.js";
import { useQuery } from "../../data/query.js";
import { href, refine } from "../../router.js";
import { AttemptTable } from "../../parts/attempt-table.js";
import { Empty } from "../../parts/empty.js";
import { Loaded } from "../../parts/loaded.js";
import { Card } from "../../parts/page.js";
import { EmptiedPage, Pager } from "../../parts/pager.js";

const perPage = 30;

/**
 * What was sent to a client, what the servers answered, and what the client opted out of.
 * @param {{client: import("../../data/clients.js").Client, suppressions?: import("../../data/suppressions.js").Suppression[], query: {page?: string}}} props
 */
export function ClientHistory({ client: { id }, suppressions = [], query }) {
  const page = Number(query.page) || 1;
  const lists = useQuery(["client", id, "lists"], (signal) => listsOfClient(id, signal));
  const optOuts = [
    ...suppressions.filter(({ kind, reason }) => kind !== "domain" && reason !== "bounced").map((one) => ({ key: one.id, at: one.created, mailing: one.mailing, words: t(`client.optOut.${one.reason}`) })),
    ...(lists.data ?? []).filter(({ status }) => status === "unsubscribed").map(({ id: key, updated: at, expand }) => ({ key, at, mailing: "", words: t("client.optOut.list", { list: expand?.list?.name ?? "" }) })),
  ].sort((a, b) => b.at.localeCompare(a.at));
  const attempts = useQuery(["attempts", "client", id, page], (signal) => attemptsOfClient(id, { page, perPage }, signal));
  return html`
    <${Card} title=${t("client.history")} flush>
      ${page === 1 && optOuts.length > 0 && html`<ul class="lines" aria-label=${t("client.optOuts")}>${optOuts.map((one) => html`<${OptOut} ...${one} />`)}</ul>`}
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

/** @param {{words: string, at: string, mailing: string}} props */
const OptOut = ({ words, at, mailing }) => html`
  <li>
    <span class="who"><b>${words}</b><small title=${fullTime(at)}>${when(at)}</small></span>
    ${mailing && html`<a class="link push" href=${href(`/mailings/${mailing}`)}>${t("suppression.mailing")}</a>`}
  </li>
`;
