import { html, useEffect, useRef, useState } from "../../../html.js";
import { pictureCode, upload } from "../image-button.js";
import { newEditor, textOf } from "./load.js";
import { RichToolbar } from "./rich-toolbar.js";

/** Formats whose buttons are lit, by the elements that carry them. */
const watched = ["B", "I", "U", "A", "UL", "OL", "BLOCKQUOTE", "H1", "H2"];

/**
 * A letter written as it will look. What it is given comes out unchanged until something is typed.
 * @param {object} props
 * @param {any} props.libraries  of load.js
 * @param {string} props.label
 * @param {string} props.value  HTML that fits
 * @param {() => string} props.current  the same at this very moment: typing is faster than drawing
 * @param {(text: string) => void} props.onInput
 * @param {{current: null | {insert: (text: string) => void, focus: () => void}}} props.handle
 */
export function RichEditor({ libraries, label, value, current, onInput, handle }) {
  const paper = useRef(/** @type {HTMLElement | null} */ (null));
  /** What was given, and how the editor writes the same. */
  const given = useRef({ value, as: "" });
  const last = useRef(value);
  const say = useRef(onInput);
  say.current = onInput;
  const [editor, setEditor] = useState(/** @type {any} */ (null));
  const [on, setOn] = useState(/** @type {Record<string, boolean>} */ ({}));

  const show = (squire, text) => {
    squire.setHTML(text);
    given.current = { value: text, as: textOf(squire) };
    last.current = text;
  };
  useEffect(() => {
    const squire = newEditor(libraries, paper.current);
    show(squire, value);
    squire.addEventListener("input", () => {
      const text = textOf(squire);
      last.current = text === given.current.as ? given.current.value : text;
      say.current(last.current);
    });
    const look = () => setOn(Object.fromEntries(watched.map((tag) => [tag, squire.hasFormat(tag)])));
    squire.addEventListener("pathChange", look);
    squire.addEventListener("select", look);
    squire.addEventListener("pasteImage", async ({ detail }) => {
      for (const item of detail.clipboardData.items) {
        const file = item.type.startsWith("image/") && item.getAsFile();
        const picture = file && (await upload(file));
        if (picture) squire.insertHTML(pictureCode({ ...picture, alt: "" }, "html"));
      }
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
      squire.destroy();
    };
  }, []);
  useEffect(() => {
    // Somebody else changed the text: a draft was brought back, a template chosen.
    if (editor && current() !== last.current) show(editor, current());
  }, [value, editor]);

  return html`
    ${editor && html`<${RichToolbar} editor=${editor} on=${on} />`}
    <div class="rich-scroll"><div class="rich" role="textbox" aria-multiline="true" aria-label=${label} spellcheck="true" ref=${paper}></div></div>
  `;
}
