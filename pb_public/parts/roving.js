import { useEffect, useRef } from "../html.js";

/**
 * A toolbar that is one stop of the Tab key: arrows, Home and End go from button to button in it (WAI-ARIA, toolbar pattern).
 * @returns {{ref: {current: HTMLElement | null}, onKeyDown: (event: KeyboardEvent) => void, onFocusIn: (event: FocusEvent) => void}} for the toolbar's element
 */
export function useRoving() {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const at = useRef(/** @type {Element | null} */ (null));
  const buttons = () => [.../** @type {NodeListOf<HTMLButtonElement>} */ (ref.current.querySelectorAll("button:not(:disabled, dialog *, [popover] *)"))];
  const settle = () => {
    const all = buttons();
    const stop = all.includes(/** @type {any} */ (at.current)) ? at.current : all[0];
    for (const button of all) button.tabIndex = button === stop ? 0 : -1;
  };
  // Buttons come and go with what is drawn.
  useEffect(settle);
  const onFocusIn = ({ target }) => {
    if (!buttons().includes(target)) return;
    at.current = target;
    settle();
  };
  const onKeyDown = (event) => {
    const all = buttons();
    const here = all.indexOf(event.target);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key];
    if (here < 0 || next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    all.at(next % all.length).focus();
  };
  return { ref, onKeyDown, onFocusIn };
}
