import { html, useState } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { Button } from "../../../parts/button.js";
import { useRoving } from "../../../parts/roving.js";
import { ImageButton, pictureCode } from "../image-button.js";
import { ButtonDialog } from "./button-dialog.js";
import { LinkDialog } from "./link-dialog.js";

/**
 * What can be done to the text that is selected.
 * @param {object} props
 * @param {any} props.editor
 * @param {Record<string, boolean>} props.on  what the selection is already
 * @param {null | {url: string}} props.linking  the link being written, by key or by button
 * @param {(link: null | {url: string}) => void} props.onLinking
 */
export function RichToolbar({ editor, on, linking, onLinking }) {
  const [pressing, press] = useState(false);
  const roving = useRoving();
  const button = (icon, words, lit, run) => html`
    <${Button} key=${icon} kind="quiet" small icon=${icon} label=${t(words)} aria-pressed=${lit} onMouseDown=${stay} onClick=${() => (editor.focus(), run())} />
  `;
  const setLink = (url) => {
    onLinking(null);
    whenClosed(() => {
      editor.focus();
      if (url) editor.makeLink(url);
      else editor.removeLink();
    });
  };
  const putButton = (code) => {
    press(false);
    whenClosed(() => insertAfter(editor, code));
  };
  return html`
    <div class="rich-toolbar" role="toolbar" aria-label=${t("rich.toolbar")} aria-orientation="horizontal" ...${roving}>
      ${button("undo-2", "rich.undo", undefined, () => editor.undo())}
      ${button("redo-2", "rich.redo", undefined, () => editor.redo())}
      <span class="apart"></span>
      ${button("heading-1", "rich.h1", on.H1, () => setBlock(editor, on.H1 ? "p" : "h1"))}
      ${button("heading-2", "rich.h2", on.H2, () => setBlock(editor, on.H2 ? "p" : "h2"))}
      <span class="apart"></span>
      ${button("bold", "rich.bold", on.B, () => (on.B ? editor.removeBold() : editor.bold()))}
      ${button("italic", "rich.italic", on.I, () => (on.I ? editor.removeItalic() : editor.italic()))}
      ${button("underline", "rich.underline", on.U, () => (on.U ? editor.removeUnderline() : editor.underline()))}
      <span class="apart"></span>
      ${button("list", "rich.list", on.UL, () => (on.UL ? editor.removeList() : editor.makeUnorderedList()))}
      ${button("list-ordered", "rich.ordered", on.OL, () => (on.OL ? editor.removeList() : editor.makeOrderedList()))}
      ${button("quote", "rich.quote", on.BLOCKQUOTE, () => (on.BLOCKQUOTE ? editor.decreaseQuoteLevel() : editor.increaseQuoteLevel()))}
      <span class="apart"></span>
      ${button("text-align-center", "rich.center", on.centered, () => editor.setTextAlignment(on.centered ? "" : "center"))}
      ${button("remove-formatting", "rich.clear", undefined, () => editor.removeAllFormatting())}
      <span class="apart"></span>
      ${button("link", "rich.link", on.A, () => onLinking({ url: hrefAt(editor) }))}
      <${ImageButton} onInsert=${(picture) => whenClosed(() => insertAfter(editor, pictureCode(picture, "html")))} />
      ${button("rectangle-horizontal", "rich.button", undefined, () => press(true))}
      ${linking && html`<${LinkDialog} url=${linking.url} onDone=${setLink} onClose=${() => onLinking(null)} />`}
      ${pressing && html`<${ButtonDialog} onDone=${putButton} onClose=${() => press(false)} />`}
    </div>
  `;
}

/** A press on a button must not take the selection away. */
const stay = (event) => event.preventDefault();

/** A dialog that closes gives the focus back to where it was: what follows has to wait for that. */
const whenClosed = (run) => requestAnimationFrame(run);

/** After what is selected, not in its place. */
function insertAfter(editor, code) {
  editor.focus();
  const range = editor.getSelection();
  range.collapse(false);
  editor.setSelection(range);
  editor.insertHTML(code);
}

/** Where the link at the cursor leads, or "". @param {any} editor */
export const hrefAt = (editor) => elementAt(editor)?.closest("a")?.getAttribute("href") ?? "";

/** Whether the line at the cursor is in the middle. @param {any} editor */
export const isCentered = (editor) => {
  const line = elementAt(editor)?.closest("p, h1, h2, h3, h4, li, div, td");
  return Boolean(line) && editor.getRoot().contains(line) && getComputedStyle(line).textAlign === "center";
};

/** @returns {Element | null} */
function elementAt(editor) {
  const node = editor.getSelection().startContainer;
  return node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
}

/** Make paragraphs of headings, and the other way round. */
function setBlock(editor, tag) {
  editor.modifyBlocks((fragment) => {
    for (const block of fragment.querySelectorAll("p, h1, h2, h3, h4")) {
      const other = document.createElement(tag);
      for (const { name, value } of [...block.attributes]) other.setAttribute(name, value);
      other.append(...block.childNodes);
      block.replaceWith(other);
    }
    return fragment;
  });
}
