import { html, signal, useEffect, useRef } from "../html.js";
import { t } from "../i18n/index.js";
import { explain } from "../data/trouble.js";
import { Button, Icon } from "./button.js";

/**
 * @typedef {object} Toast
 * @property {number} id
 * @property {string} text
 * @property {"ok" | "bad"} tone
 * @property {{title: string, run: () => void}} [undo]
 */

/** @type {import("../vendor/signals-core-1.14.5.js").Signal<Toast[]>} */
const toasts = signal([]);
let count = 0;
const seconds = { plain: 4, undoable: 8, bad: 8 };

/**
 * Say in passing that something was done; with undo, offer to take it back while it shows.
 * @param {string} text @param {{tone?: "ok" | "bad", undo?: {title: string, run: () => void}}} [options]
 */
export function toast(text, { tone = "ok", undo } = {}) {
  const id = ++count;
  toasts.value = [...toasts.peek().slice(-2), { id, text, tone, undo }];
  setTimeout(() => drop(id), 1000 * (undo ? seconds.undoable : tone === "bad" ? seconds.bad : seconds.plain));
}

/** Say what went wrong with something that has no place of its own to say it. @param {unknown} error */
export function toastTrouble(error) {
  const trouble = explain(error);
  if (trouble.kind === "aborted") return;
  const field = Object.values(trouble.fields)[0];
  toast([trouble.title, field && field !== trouble.title ? field : trouble.advice].filter(Boolean).join(" "), { tone: "bad" });
}

const drop = (id) => (toasts.value = toasts.peek().filter((one) => one.id !== id));

/** Where toasts appear; once in the shell. A popover, to be above open dialogs. */
export function Toaster() {
  const list = toasts.value;
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const newest = list.at(-1)?.id;
  useEffect(() => {
    const node = place.current;
    if (node.matches(":popover-open")) node.hidePopover();
    if (newest) node.showPopover();
  }, [newest]);
  return html`
    <div class="toasts" popover="manual" role="status" ref=${place}>
      ${list.map(
        ({ id, text, tone, undo }) => html`
          <div class=${`toast ${tone}`} key=${id}>
            <${Icon} name=${tone === "ok" ? "circle-check" : "circle-alert"} />
            <span class="words">${text}</span>
            ${undo && html`<${Button} small onClick=${() => (drop(id), undo.run())}>${undo.title}<//>`}
            <${Button} kind="quiet" small icon="x" label=${t("do.close")} onClick=${() => drop(id)} />
          </div>
        `,
      )}
    </div>
  `;
}
