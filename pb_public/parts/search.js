import { html, useEffect, useRef } from "../html.js";
import { Icon } from "./button.js";
import { useTyped } from "./settled.js";

const pause = 250;

/**
 * Search as one types. "/" puts the cursor into the first one of a page.
 * @param {{value: string, label: string, short?: boolean, sign?: string, onSearch: (words: string) => void}} props short: stands beside other controls; sign: an icon that says what is looked for
 */
export function Search({ value, label, short = false, sign = "search", onSearch }) {
  const { typed, type } = useTyped(value, onSearch, pause, (words) => words.trim());
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    const slash = (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
      if (document.querySelector("main [type=search]") !== input.current) return;
      event.preventDefault();
      input.current.focus();
    };
    addEventListener("keydown", slash);
    return () => removeEventListener("keydown", slash);
  }, []);
  return html`
    <div class=${short ? "search short" : "search"}>
      <${Icon} name=${sign} />
      <input class="input" type="search" ref=${input} value=${typed} placeholder=${label} aria-label=${label} onInput=${(event) => type(event.target.value)} />
    </div>
  `;
}
