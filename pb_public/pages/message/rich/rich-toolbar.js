import { html, useState } from "../../../html.js";
import { t } from "../../../i18n/index.js";
import { Button } from "../../../parts/button.js";
import { ImageButton, pictureCode } from "../image-button.js";
import { LinkDialog } from "./link-dialog.js";

/** What can be done to the text that is selected. @param {{editor: any, on: Record<string, boolean>}} props on: what the selection is already */
export function RichToolbar({ editor, on }) {
  const [linking, setLinking] = useState(/** @type {null | {url: string}} */ (null));
  const button = (icon, words, lit, run) => html`
    <${Button} key=${icon} kind="quiet" small icon=${icon} label=${t(words)} aria-pressed=${lit} onMouseDown=${stay} onClick=${() => (editor.focus(), run())} />
  `;
  const link = () => setLinking({ url: hrefAt(editor) });
  const setLink = (url) => {
    setLinking(null);
    editor.focus();
    if (url) editor.makeLink(url);
    else editor.removeLink();
  };
  return html`
    <div class="rich-toolbar" role="toolbar" aria-label=${t("rich.toolbar")}>
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
      ${button("link", "rich.link", on.A, link)}
      <${ImageButton} onInsert=${(picture) => insertPicture(editor, picture)} />
      ${linking && html`<${LinkDialog} url=${linking.url} onDone=${setLink} onClose=${() => setLinking(null)} />`}
    </div>
  `;
}

/** A press on a button must not take the selection away. */
const stay = (event) => event.preventDefault();

/** After what is selected, not in its place. */
function insertPicture(editor, picture) {
  editor.focus();
  const range = editor.getSelection();
  range.collapse(false);
  editor.setSelection(range);
  editor.insertHTML(pictureCode(picture, "html"));
}

/** Where the link at the cursor leads, or "". */
function hrefAt(editor) {
  const node = editor.getSelection().startContainer;
  const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  return element?.closest("a")?.getAttribute("href") ?? "";
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
