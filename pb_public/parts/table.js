import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { Icon } from "./icon.js";

/**
 * @template T
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: T) => unknown} cell
 * @property {string} [sort]   field to sort by, when that is possible
 * @property {boolean} [figures]  numbers and times: tabular, at the end of the column
 * @property {"head" | "side" | "line" | "none"} [phone]  place in the card on a phone: first line, at its end, a line below (default), left out
 * @property {string} [look]   class of the cell
 * @property {boolean} [untitled]  the title is for screen readers only
 */

/**
 * Rows with columns; on a phone each row is a card of two lines. A row with an address is opened by a click anywhere
 * on it, and by its first cell's link for everybody else.
 * @template T
 * @param {object} props
 * @param {string} props.label
 * @param {Column<T>[]} props.columns
 * @param {T[]} props.rows
 * @param {(row: T) => string} [props.href]
 * @param {(row: T) => string} [props.id]
 * @param {string} [props.sort]  "name" or "-name"
 * @param {(sort: string) => void} [props.onSort]
 * @param {Set<string>} [props.chosen]  ids of ticked rows; boxes are shown when given
 * @param {(chosen: Set<string>) => void} [props.onChoose]
 */
export function Table({ label, columns, rows, href, id = (row) => row.id, sort = "", onSort, chosen, onChoose }) {
  return html`
    <table class="table" aria-label=${label}>
      <thead>
        <tr>
          ${chosen && html`<th class="tick"><${TickAll} ids=${rows.map(id)} chosen=${chosen} onChoose=${onChoose} /></th>`}
          ${columns.map((column) => html`<${Head} key=${column.title} column=${column} sort=${sort} onSort=${onSort} />`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`
            <tr key=${id(row)} class=${href ? "opens" : ""} onClick=${href && ((event) => open(event, href(row)))}>
              ${chosen && html`<td class="tick"><${Tick} id=${id(row)} chosen=${chosen} onChoose=${onChoose} /></td>`}
              ${columns.map(({ title, cell, figures, phone = "line", look = "" }, i) => {
                const inside = cell(row);
                return html`<td key=${title} data-phone=${phone} class=${`${figures ? "figures" : ""} ${look}`}>${i === 0 && href ? html`<a href=${href(row)}>${inside}</a>` : inside}</td>`;
              })}
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}

function Head({ column: { title, sort: field, figures, untitled }, sort, onSort }) {
  if (untitled) return html`<th scope="col"><span class="unseen">${title}</span></th>`;
  const down = sort === `-${field}`;
  const current = field && (down || sort === field);
  return html`
    <th scope="col" class=${figures ? "figures" : ""} aria-sort=${current ? (down ? "descending" : "ascending") : undefined}>
      ${field && onSort ? html`<button type="button" onClick=${() => onSort(sort === field ? `-${field}` : field)}>${title}${current && html`<${Icon} name=${down ? "arrow-down" : "arrow-up"} />`}</button>` : title}
    </th>
  `;
}

function Tick({ id, chosen, onChoose }) {
  const toggle = () => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  return html`<input type="checkbox" aria-label=${t("table.choose")} checked=${chosen.has(id)} onChange=${toggle} />`;
}

function TickAll({ ids, chosen, onChoose }) {
  const all = ids.length > 0 && ids.every((id) => chosen.has(id));
  const some = !all && ids.some((id) => chosen.has(id));
  return html`<input type="checkbox" aria-label=${t("table.choose.all")} checked=${all} indeterminate=${some} onChange=${() => onChoose(new Set(all ? [] : ids))} />`;
}

/** A click on a row, but not on what is itself to be clicked in it, nor after selecting text. */
function open(event, url) {
  if (event.target.closest("a, button, input, select, label, dialog, [popover]") || String(getSelection()) !== "") return;
  if (event.metaKey || event.ctrlKey) window.open(url);
  else location.hash = url;
}
