import { html, useRef } from "../html.js";
import { t } from "../i18n/index.js";
import { Icon } from "./button.js";

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
 * on it, and by its first cell's link for everybody else. From there the arrows lead to the other rows, Enter opens
 * one and the space bar ticks it; Shift with a tick ticks all from the one before.
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
  // Where ticking began, for Shift.
  const anchor = useRef("");
  const tick = (at, upTo) => {
    const next = new Set(chosen);
    const ids = rows.map(id);
    const [from, to] = [ids.indexOf(upTo && anchor.current ? anchor.current : at), ids.indexOf(at)].sort((a, b) => a - b);
    const off = chosen.has(at);
    for (const one of ids.slice(Math.max(from, 0), to + 1)) off ? next.delete(one) : next.add(one);
    anchor.current = at;
    onChoose(next);
  };
  return html`
    <table class="table" aria-label=${label} onKeyDown=${href && ((event) => walk(event, chosen && tick))}>
      <thead>
        <tr>
          ${chosen && html`<th class="tick"><${TickAll} ids=${rows.map(id)} chosen=${chosen} onChoose=${onChoose} /></th>`}
          ${columns.map((column) => html`<${Head} key=${column.title} column=${column} sort=${sort} onSort=${onSort} />`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`
            <tr key=${id(row)} data-id=${id(row)} class=${href ? "opens" : ""} onClick=${href && ((event) => open(event, href(row)))}>
              ${chosen && html`<td class="tick"><${Tick} id=${id(row)} chosen=${chosen} onTick=${tick} /></td>`}
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

function Tick({ id, chosen, onTick }) {
  return html`<input type="checkbox" aria-label=${t("table.choose")} checked=${chosen.has(id)} onClick=${(event) => onTick(id, event.shiftKey)} />`;
}

function TickAll({ ids, chosen, onChoose }) {
  const all = ids.length > 0 && ids.every((id) => chosen.has(id));
  const some = !all && ids.some((id) => chosen.has(id));
  // What is chosen on other pages stays so.
  const toggle = () => onChoose(new Set(all ? [...chosen].filter((id) => !ids.includes(id)) : [...chosen, ...ids]));
  return html`<input type="checkbox" aria-label=${t("table.choose.all")} checked=${all} indeterminate=${some} onChange=${toggle} />`;
}

/** Arrows go from row to row, to the same kind of thing in it; the space bar ticks. */
function walk(event, tick) {
  const { key, target } = event;
  const row = target.closest("tbody tr");
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = target.matches("td.tick input");
  if (!box && target !== row.querySelector("td:not(.tick) a")) return;
  if (key === " " && !box && tick) tick(row.dataset.id, event.shiftKey);
  else if (key === "ArrowDown" || key === "ArrowUp") (key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling)?.querySelector(box ? "td.tick input" : "td:not(.tick) a")?.focus();
  else return;
  event.preventDefault();
}

/** A click on a row, but not on what is itself to be clicked in it, nor after selecting text. */
function open(event, url) {
  if (event.target.closest("a, button, input, select, label, dialog, [popover]") || String(getSelection()) !== "") return;
  if (event.metaKey || event.ctrlKey) window.open(url);
  else location.hash = url;
}
