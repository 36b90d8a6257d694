import { html, useEffect, useId, useRef, useState } from "../html.js";
import { t } from "../i18n/index.js";
import { Field } from "./field.js";
import { placePopover } from "./popover.js";

/** More than that nobody reads; typing makes them fewer. */
const most = 80;

/** @typedef {{value: string, title: string, note?: string, words?: string}} Option words: what it is found by too */

/**
 * One of very many: typing searches, arrows and Enter choose, Escape and leaving put back what was chosen.
 * @param {{form: any, name: string, label: string, options: Option[], hint?: unknown, optional?: boolean, placeholder?: string}} props
 */
export function ComboField({ form, name, label, options, hint, optional, placeholder }) {
  return html`
    <${Field} label=${label} hint=${hint} optional=${optional} error=${form.errors.value[name]}>
      ${(attributes) => html`<${Combo} ...${attributes} name=${name} label=${label} options=${options} optional=${optional} placeholder=${placeholder} value=${form.values.value[name]} onChange=${(value) => form.set(name, value)} />`}
    <//>
  `;
}

/**
 * @param {object} props  the rest goes to the input
 * @param {string} props.label
 * @param {Option[]} props.options
 * @param {string} props.value
 * @param {(value: string) => void} props.onChange
 * @param {boolean} [props.optional]  may be emptied
 * @param {(typed: string) => void} [props.onType]  finds the options for what is typed: they are shown as they come
 */
export function Combo({ label, options, value, onChange, optional = false, onType, ...rest }) {
  const [typed, type] = useState(/** @type {string | null} */ (null));
  const [at, point] = useState(0);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const id = useId().replace(/\W/g, "");
  const open = typed !== null;
  const chosen = options.find((option) => option.value === value);
  const found = open ? (onType ? options : matching(options, typed)).slice(0, most) : [];

  useEffect(() => {
    if (!open) return;
    list.current.showPopover();
    const follow = () => placePopover(list.current, input.current, { highest: 240 });
    follow();
    addEventListener("scroll", follow, { passive: true, capture: true });
    addEventListener("resize", follow);
    return () => {
      removeEventListener("scroll", follow, { capture: true });
      removeEventListener("resize", follow);
    };
  }, [open]);
  useEffect(() => {
    if (open) list.current.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at, typed]);

  const close = () => {
    if (!open) return;
    list.current.hidePopover();
    type(null);
    onType?.("");
  };
  const choose = (option) => {
    onChange(option.value);
    close();
  };
  const show = (words) => {
    type(words);
    onType?.(words);
    point(words ? 0 : Math.max(0, options.slice(0, most).findIndex((option) => option.value === value)));
  };
  const onBlur = () => {
    // An emptied box means nothing is chosen, where that is allowed.
    if (optional && typed === "" && input.current.value === "") onChange("");
    close();
  };
  const onKeyDown = (event) => {
    if (event.key === "Escape" && open) {
      event.stopPropagation();
      return close();
    }
    if (event.key === "Enter" && open) {
      event.preventDefault();
      return found[at] && choose(found[at]);
    }
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (!move) return;
    event.preventDefault();
    if (!open) return show("");
    point(Math.max(0, Math.min(found.length - 1, at + move)));
  };
  return html`
    <input class="input select" role="combobox" type="text" autocomplete="off" spellcheck=${false} ref=${input} ...${rest} aria-expanded=${open} aria-controls=${`${id}list`} aria-autocomplete="list"
      aria-activedescendant=${open && found[at] ? `${id}o${at}` : undefined} value=${typed ?? chosen?.title ?? value}
      onInput=${(event) => show(event.target.value)} onClick=${(event) => !open && (event.target.select(), show(""), (event.target.value = chosen?.title ?? ""))} onKeyDown=${onKeyDown} onBlur=${onBlur} />
    <ul class="combo" id=${`${id}list`} popover="manual" role="listbox" aria-label=${label} ref=${list} onPointerDown=${(event) => event.preventDefault()}>
      ${found.map((option, i) => html`
        <li key=${option.value} id=${`${id}o${i}`} role="option" aria-selected=${i === at} onClick=${() => choose(option)} onPointerMove=${() => i !== at && point(i)}>
          <span class="clip">${option.title}</span>${option.note && html`<small class="push faint num">${option.note}</small>`}
        </li>
      `)}
      ${open && found.length === 0 && html`<li class="faint" role="option" aria-disabled="true" aria-selected="false">${t("found.none")}</li>`}
    </ul>
  `;
}

/** Options that begin with what was typed come before those that only contain it. */
function matching(options, typed) {
  const words = typed.trim().toLowerCase();
  if (!words) return options;
  const rank = ({ title, value, words: more = "" }) => {
    const all = `${title} ${value} ${more}`.toLowerCase().replaceAll("_", " ");
    return title.toLowerCase().startsWith(words) ? 0 : all.split(/[\s/(),]+/).some((word) => word.startsWith(words)) ? 1 : all.includes(words) ? 2 : 3;
  };
  return options.map((option) => ({ option, at: rank(option) })).filter(({ at }) => at < 3).sort((a, b) => a.at - b.at).map(({ option }) => option);
}
