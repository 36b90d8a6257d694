import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { refine } from "../router.js";
import { Button } from "./button.js";
import { Empty } from "./empty.js";
import { KeysetPager } from "./keyset-pager.js";
import { Loaded } from "./loaded.js";
import { PageHead } from "./page.js";
import { EmptiedPage, Pager, isLaterPage } from "./pager.js";

/**
 * A page that lists records: its head, a card with a toolbar, and what was found.
 * @param {object} props
 * @param {string} props.title
 * @param {unknown} [props.lead]
 * @param {unknown} [props.crumb]
 * @param {unknown} [props.acts]   buttons of the page
 * @param {unknown} [props.tabs]   above the toolbar
 * @param {unknown} [props.tools]  controls of the toolbar; nothing: no toolbar
 * @param {unknown} [props.after]  below the card, and dialogs
 * The rest goes to Found.
 */
export function ListPage({ title, lead, crumb, acts, tabs, tools, after, children, ...found }) {
  return html`
    <${PageHead} title=${title} lead=${lead} crumb=${crumb} acts=${acts} />
    <section class="card" aria-label=${title}>
      ${tabs}
      ${tools && html`<div class="toolbar">${tools}</div>`}
      <${Found} ...${found}>${children}<//>
    </section>
    ${after}
  `;
}

/**
 * What a query has found: the rows and the way through them, or why there are none and what to do about it.
 * @param {object} props
 * @param {ReturnType<typeof import("../data/query.js").useQuery>} props.query  of rows, of {items, totalItems} or of {items, older, newer}
 * @param {number} [props.page]     of pages with numbers
 * @param {number} [props.perPage]
 * @param {number} [props.total]    how many there are, where the query does not say it
 * @param {Record<string, string> | (() => void)} [props.everything]  how to show everything, a change of the address or an act; given when a search or a filter is on
 * @param {{icon: string, title: string, text: unknown, acts?: unknown}} props.none  what to say when there is nothing at all
 * @param {(rows: any[]) => unknown} props.children  draws the rows
 */
export function Found({ query, page = 1, perPage, total, everything, none, children }) {
  return html`
    <${Loaded} query=${query}>
      ${(data) => {
        const rows = data.items ?? data;
        if (rows.length === 0 && isLaterPage()) return html`<${EmptiedPage} perPage=${data.perPage ?? perPage} totalItems=${total ?? data.totalItems} />`;
        if (rows.length === 0) return everything ? html`<${NothingFound} everything=${everything} />` : html`<${Empty} icon=${none.icon} title=${none.title} acts=${none.acts}>${none.text}<//>`;
        return html`${children(rows)}${data.older !== undefined
          ? html`<${KeysetPager} page=${data} onMove=${(place) => refine(place, { replace: false })} />`
          : perPage && html`<${Pager} page=${page} perPage=${data.perPage ?? perPage} shown=${rows.length} totalItems=${total ?? data.totalItems} onPage=${(next) => refine({ page: next > 1 ? next : "" }, { replace: false })} />`}`;
      }}
    <//>
  `;
}

function NothingFound({ everything }) {
  const acts = html`<${Button} onClick=${typeof everything === "function" ? everything : () => refine(everything)}>${t("found.all")}<//>`;
  return html`<${Empty} icon="search" title=${t("found.none")} acts=${acts}>${t("found.none.text")}<//>`;
}

/**
 * How a table is sorted by its address, as properties of Table.
 * @param {string} sort  what the address says @param {string} usual  what it leaves out, such as "-created"
 */
export const sortedBy = (sort, usual) => ({ sort: sort || usual, onSort: (field) => refine({ sort: field === usual ? "" : field, page: "" }) });
