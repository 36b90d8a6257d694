import { html, useEffect, useRef, useState } from "../../../html.js";
import { VariableDialog } from "../variable-dialog.js";
import { chipIn, isChip, makeChips, newChip, tagOf } from "./chips.js";
import { fits, newEditor, textOf } from "./load.js";
import { PictureDialog } from "./picture-dialog.js";
import { bindPictures, removePicture } from "./pictures.js";
import { RichToolbar, hrefAt, isCentered } from "./rich-toolbar.js";

/** Formats whose buttons are lit, by the elements that carry them. */
const watched = ["B", "I", "U", "A", "UL", "OL", "BLOCKQUOTE", "H1", "H2"];

/** What the selection is already. @param {any} editor @returns {Record<string, boolean>} */
const looksOf = (editor) => ({ ...Object.fromEntries(watched.map((tag) => [tag, editor.hasFormat(tag)])), centered: isCentered(editor) });

/**
 * A letter written as it will look. What it is given comes out unchanged until something is typed.
 * @param {object} props
 * @param {any} props.libraries  of load.js
 * @param {string} props.label
 * @param {string} props.value  HTML that fits
 * @param {() => string} props.current  the same at this very moment: typing is faster than drawing
 * @param {(text: string) => void} props.onInput
 * @param {() => void} props.onUnfit  the text was changed from outside to one that would not come out unchanged: it is not shown
 * @param {{current: null | {insert: (text: string) => void, focus: () => void}}} props.handle
 */
export function RichEditor({ libraries, label, value, current, onInput, onUnfit, handle }) {
  const paper = useRef(/** @type {HTMLElement | null} */ (null));
  /** What was given, and how the editor writes the same. */
  const given = useRef({ value, as: "" });
  const last = useRef(value);
  const say = useRef(onInput);
  say.current = onInput;
  const [editor, setEditor] = useState(/** @type {any} */ (null));
  const [on, setOn] = useState(/** @type {Record<string, boolean>} */ ({}));
  const [picture, setPicture] = useState(/** @type {null | HTMLImageElement} */ (null));
  const [chip, setChip] = useState(/** @type {null | HTMLImageElement} */ (null));
  const [linking, setLinking] = useState(/** @type {null | {url: string}} */ (null));

  const show = (squire, text) => {
    squire.setHTML(text);
    given.current = { value: text, as: textOf(squire) };
    last.current = text;
  };
  useEffect(() => {
    const squire = newEditor(libraries, paper.current);
    const sheet = paper.current.parentElement;
    show(squire, value);
    squire.addEventListener("input", () => {
      chipTyped(squire);
      const text = textOf(squire);
      last.current = text === given.current.as ? given.current.value : text;
      say.current(last.current);
    });
    const look = () => setOn(looksOf(squire));
    squire.addEventListener("pathChange", look);
    squire.addEventListener("select", look);
    const unbindPictures = bindPictures(squire, sheet, setPicture);
    const emptied = (event) => {
      // The editor would leave the first line what it was, a heading or an item of a list.
      if ((event.type === "paste" || ["Backspace", "Delete"].includes(event.key)) && isAll(squire)) {
        clear(squire);
        if (event.type !== "paste") event.preventDefault();
      }
    };
    sheet.addEventListener("keydown", emptied, true);
    sheet.addEventListener("paste", emptied, true);
    // The editor would offer to change the size of a chip, as of any picture.
    const pressChip = (event) => {
      if (!isChip(event.target)) return;
      event.stopPropagation();
      setChip(event.target);
    };
    sheet.addEventListener("click", pressChip, true);
    const enterChip = (event) => {
      const selected = event.inputType === "insertParagraph" && chipIn(squire.getSelection());
      if (!selected) return;
      event.preventDefault();
      event.stopPropagation();
      setChip(selected);
    };
    sheet.addEventListener("beforeinput", enterChip, true);
    squire.addEventListener("keydown", (event) => {
      // By the place of the key: with Cyrillic letters switched on its name is another.
      if (event.code !== "KeyK" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      setLinking({ url: hrefAt(squire) });
    });
    handle.current = {
      insert: (text) => {
        squire.focus();
        squire.insertPlainText(text);
      },
      focus: () => squire.focus(),
    };
    setEditor(squire);
    return () => {
      handle.current = null;
      unbindPictures();
      sheet.removeEventListener("keydown", emptied, true);
      sheet.removeEventListener("paste", emptied, true);
      sheet.removeEventListener("click", pressChip, true);
      sheet.removeEventListener("beforeinput", enterChip, true);
      squire.destroy();
    };
  }, []);
  useEffect(() => {
    // Somebody else changed the text: a draft was brought back, a template chosen.
    if (!editor || current() === last.current) return;
    if (fits(libraries, current())) show(editor, current());
    else onUnfit();
  }, [value, editor]);

  const changePicture = (change) => {
    editor.saveUndoState();
    change();
    setPicture(null);
  };
  const replaceChip = (tag) => {
    editor.saveUndoState();
    const fresh = newChip(tag);
    chip.replaceWith(fresh);
    setChip(null);
    requestAnimationFrame(() => {
      const range = document.createRange();
      range.setStartAfter(fresh);
      range.collapse(true);
      editor.focus();
      editor.setSelection(range);
    });
  };
  const look = ({ alt, width }) => {
    picture.setAttribute("alt", alt);
    picture.setAttribute("width", String(width));
    picture.removeAttribute("height");
    Object.assign(picture.style, { width: "", maxWidth: "100%", height: "auto" });
  };
  return html`
    ${editor && html`<${RichToolbar} editor=${editor} on=${on} linking=${linking} onLinking=${setLinking} />`}
    <div class="rich-scroll"><div class="rich" role="textbox" aria-multiline="true" aria-label=${label} spellcheck="true" ref=${paper}></div></div>
    ${chip && html`<${VariableDialog} tag=${tagOf(chip)} onDone=${replaceChip} onRemove=${() => (setChip(null), requestAnimationFrame(() => removePicture(editor, chip)))} onClose=${() => setChip(null)} />`}
    ${picture && html`<${PictureDialog} image=${picture} onDone=${(looks) => changePicture(() => look(looks))} onRemove=${() => (setPicture(null), requestAnimationFrame(() => removePicture(editor, picture)))} onClose=${() => setPicture(null)} />`}
  `;
}

/** Tags that were just typed become chips. @param {any} editor */
function chipTyped(editor) {
  const range = editor.getSelection();
  const caret = range.collapsed ? { node: range.startContainer, offset: range.startOffset } : { node: editor.getRoot(), offset: 0 };
  editor.modifyDocument(() => {
    const moved = makeChips(editor.getRoot(), caret);
    if (!moved) return;
    range.setStart(moved.node, moved.offset);
    range.collapse(true);
    editor.setSelection(range);
  });
}

/** Whether everything is selected. @param {any} editor */
function isAll(editor) {
  const range = editor.getSelection();
  const root = editor.getRoot();
  return !range.collapsed && root.textContent.trim() !== "" && range.toString().trim() === root.textContent.trim() && range.cloneContents().querySelectorAll("img").length === root.querySelectorAll("img").length;
}

/** An empty sheet, which can be undone. @param {any} editor */
function clear(editor) {
  editor.saveUndoState();
  const line = editor.createDefaultBlock();
  editor.getRoot().replaceChildren(line);
  const range = document.createRange();
  range.setStart(line, 0);
  editor.setSelection(range);
}
