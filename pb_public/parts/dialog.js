import { html, useEffect, useId, useRef } from "../html.js";
import { t } from "../i18n/index.js";
import { Button } from "./button.js";

/**
 * A window over the page; on a phone a sheet from below. Rendered only while it is open. Escape, the cross and
 * a click outside close it.
 * @param {object} props
 * @param {string} props.title
 * @param {() => void} props.onClose
 * @param {unknown} [props.acts]  buttons at its foot
 * @param {"narrow" | "wide"} [props.size]
 */
export function Dialog({ title, onClose, acts, size = "narrow", children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const heading = useId();
  useEffect(() => {
    const node = dialog.current;
    const before = /** @type {HTMLElement} */ (document.activeElement);
    node.showModal();
    return () => {
      node.close();
      // A dialog that is taken out of the page gives the focus back to nobody.
      if (document.activeElement === document.body) before?.focus();
    };
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  const outside = (event) => event.target === dialog.current && onClose();
  return html`
    <dialog class=${`dialog ${size}`} ref=${dialog} aria-labelledby=${heading} onCancel=${cancel} onMouseDown=${outside}>
      <section class="sheet">
        <header><h2 id=${heading}>${title}</h2><${Button} kind="quiet" small icon="x" label=${t("do.close")} onClick=${onClose} /></header>
        <div class="inside">${children}</div>
        ${acts && html`<footer>${acts}</footer>`}
      </section>
    </dialog>
  `;
}
