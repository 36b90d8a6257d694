import { html, useId, useRef } from "../html.js";
import { Icon } from "./button.js";
import { placePopover } from "./popover.js";

/**
 * @typedef {object} Item
 * @property {string} title
 * @property {string} [icon]
 * @property {string} [href]
 * @property {() => void} [run]
 * @property {boolean} [grave]    destroys something
 * @property {boolean} [checked]  one of several choices: the one in force
 * @property {boolean} [apart]    a line above it
 * @property {string} [note]      at its end, small: a value, a key
 */

/**
 * A button with a list of things to do; on a phone the list is a sheet from below.
 * @param {object} props
 * @param {(opener: {popovertarget: string}) => unknown} props.opener  draws the button, which gets these attributes
 * @param {Item[]} props.items
 * @param {string} props.label
 * @param {unknown} [props.head]  above the items
 */
export function Menu({ opener, items, label, head }) {
  const id = useId().replace(/\W/g, "") + "menu";
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const toggled = (event) => {
    if (event.newState !== "open") return;
    placePopover(list.current, document.querySelector(`[popovertarget="${id}"]`));
    list.current.querySelector("[role^=menuitem]")?.focus();
  };
  const close = () => list.current.hidePopover();
  return html`
    ${opener({ popovertarget: id, "aria-haspopup": "menu" })}
    <div class="menu" id=${id} popover="auto" role="menu" aria-label=${label} ref=${list} onToggle=${toggled} onKeyDown=${walk}>
      ${head && html`<div class="menu-head">${head}</div>`}
      ${items.filter(Boolean).map((item) => html`<${MenuItem} key=${item.title} item=${item} close=${close} />`)}
    </div>
  `;
}

function MenuItem({ item: { title, icon, href, run, grave, checked, apart, note }, close }) {
  const look = ["item", grave && "grave", apart && "apart"].filter(Boolean).join(" ");
  const sign = checked ? "check" : icon;
  const inside = html`${sign ? html`<${Icon} name=${sign} />` : html`<span class="icon"></span>`}<span class="title">${title}</span>${note && html`<small class="push faint clip">${note}</small>`}`;
  const choose = () => {
    close();
    run?.();
  };
  if (href) return html`<a class=${look} role="menuitem" tabindex="-1" href=${href} onClick=${close}>${inside}</a>`;
  const choice = checked !== undefined;
  return html`<button class=${look} type="button" role=${choice ? "menuitemradio" : "menuitem"} aria-checked=${choice ? String(checked) : undefined} tabindex="-1" onClick=${choose}>${inside}</button>`;
}

/** Arrow keys, Home and End move between the items. */
function walk(event) {
  const items = [...event.currentTarget.querySelectorAll("[role^=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Tab") event.currentTarget.hidePopover();
  if (next === undefined) return;
  event.preventDefault();
  items.at(next % items.length)?.focus();
}
