const gap = 4;

/**
 * Puts an open popover below what opened it, or above where there is more room: sets --top, --left and --width.
 * On a phone style sheets make it a sheet.
 * @param {HTMLElement} popover @param {Element} opener @param {{highest?: number}} [options] highest: the height that it grows to at most, in pixels
 */
export function placePopover(popover, opener, { highest = Infinity } = {}) {
  const at = opener.getBoundingClientRect();
  const height = Math.min(popover.scrollHeight, highest);
  const below = innerHeight - at.bottom > height + gap || at.top < innerHeight - at.bottom;
  const right = document.documentElement.clientWidth - popover.offsetWidth - gap;
  const left = at.left + popover.offsetWidth > innerWidth ? at.right - popover.offsetWidth : at.left;
  popover.style.setProperty("--left", `${Math.max(gap, Math.min(left, right))}px`);
  popover.style.setProperty("--width", `${at.width}px`);
  popover.style.setProperty("--top", below ? `${at.bottom + gap}px` : "auto");
  popover.style.setProperty("--bottom", below ? "auto" : `${innerHeight - at.top + gap}px`);
}
