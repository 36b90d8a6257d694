import { html } from "../html.js";
import { Skeleton } from "./skeleton.js";
import { TroubleNote, TroubleState } from "./trouble.js";

/**
 * Whether it is known of all these queries what they have to show. A page that is shown before has parts that come
 * later push away those that somebody is reading.
 * @param {...ReturnType<typeof import("../data/query.js").useQuery>} queries
 */
export const known = (...queries) => queries.every(({ data, trouble }) => data !== undefined || trouble !== null);

/**
 * What a query has to show at this moment: its outline, its trouble, or its data; both when old data could not be renewed.
 * @param {object} props
 * @param {ReturnType<typeof import("../data/query.js").useQuery>} props.query
 * @param {number} [props.rows]  of the outline
 * @param {(data: any) => unknown} props.children
 */
export function Loaded({ query, rows, children }) {
  const { data, trouble, reload } = query;
  if (data === undefined) return trouble ? html`<${TroubleState} trouble=${trouble} retry=${reload} />` : html`<${Skeleton} rows=${rows} />`;
  return html`${trouble && html`<${TroubleNote} trouble=${trouble} retry=${reload} />`}${children(data)}`;
}
