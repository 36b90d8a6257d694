// The rich editor's libraries, fetched when they are first needed.
import { withoutHandlers } from "../../../data/inert.js";
import { dropFalseChips, makeChips, withTags, withTagsAsText } from "./chips.js";
import { holds, plainTags, withoutLastLine } from "./holds.js";
import { ownMark, pasted, plainText } from "./paste.js";

/** @typedef {any} Squire the editor on one element */

/** @type {Promise<{Squire: any, purify: any}> | null} */
let libraries = null;

/** Fails when the line is broken; the next call tries again. */
export function loadRich() {
  libraries ??= Promise.all([import("../../../vendor/squire-2.4.8.js"), import("../../../vendor/dompurify-3.4.18.js")]).then(
    ([{ default: Squire }, { default: purify }]) => ({ Squire, purify }),
    (error) => {
      libraries = null;
      throw error;
    },
  );
  return libraries;
}

/** Scripts and what else runs are taken out; what gives a letter its looks stays. */
const kept = { ADD_ATTR: ["target"], FORBID_TAGS: ["style", "form", "input", "textarea", "select", "button"], RETURN_DOM_FRAGMENT: true };

/** The editor on an element. @param {{Squire: any, purify: any}} libraries @param {HTMLElement} root @returns {Squire} */
export function newEditor({ Squire, purify }, root) {
  const editor = new Squire(root, {
    blockTag: "P",
    addLinks: true,
    willCutCopy: (html) => ownMark + withTagsAsText(html),
    toPlainText: plainText,
    sanitizeToDOMFragment: (html) => {
      const fragment = document.importNode(purify.sanitize(withoutHandlers(html), kept), true);
      dropFalseChips(fragment);
      // Before spaces are touched: a chip keeps its tag as it was written.
      makeChips(fragment);
      collapseSpaces(fragment);
      return fragment;
    },
  });
  const insertHTML = editor.insertHTML.bind(editor);
  editor.insertHTML = (html, isPaste) => insertHTML(isPaste ? pasted(html) : html, isPaste);
  const modifyBlocks = editor.modifyBlocks.bind(editor);
  editor.modifyBlocks = (modify, range) => {
    modifyBlocks(modify, range);
    // While the only line was away the editor has put an empty one in its place, of a kind that it never writes itself.
    for (const child of [...root.children]) if (/^(<br>|<div><br><\/div>)$/.test(child.outerHTML) && root.children.length > 1) child.remove();
    return editor;
  };
  const splitBlock = editor.splitBlock.bind(editor);
  editor.splitBlock = (lineBreakOnly, range) => {
    const looks = emphases.map((tag) => editor.hasFormat(tag, null, range));
    splitBlock(lineBreakOnly, range);
    keepLooks(editor, looks);
    return editor;
  };
  return editor;
}

const emphases = ["B", "I", "U"];

/**
 * A new line goes on as the last one ended. What was switched on or off just before Enter was not in the text yet, and
 * the editor forgets it.
 * @param {Squire} editor @param {boolean[]} looks
 */
function keepLooks(editor, looks) {
  emphases.forEach((tag, i) => {
    if (editor.hasFormat(tag) !== looks[i]) editor.changeFormat(looks[i] ? { tag } : null, looks[i] ? null : { tag });
  });
}

/**
 * Line ends of the source become spaces: the editor shows every space, because browsers write hard ones otherwise.
 * @param {DocumentFragment} fragment
 */
function collapseSpaces(fragment) {
  const texts = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (!node.parentElement?.closest("pre")) node.nodeValue = node.nodeValue.replace(/[ \t\r\n\f]+/g, " ");
  }
}

/** Names that the editor gives to elements for its own use. */
const ownClasses = /(<[a-z0-9]+\b[^>]*?) class="\s*(?:font|size|color|highlight|align-[a-z]+)?\s*"/g;

/** What it puts on a picture while that is selected. */
const ownFocus = /(<img\b[^>]*?) tabindex="-1"/g;

/** The editor makes room to type behind a chip at the end of a line, which no letter needs. */
const room = /(<img\b(?:"[^"]*"|[^">])*?\bdata-tag="[^"]*"(?:"[^"]*"|[^">])*>\s*)<br>(?=<\/(?:p|div|li|h[1-6]|td|th|blockquote)>)/g;

/** What the editor's element holds, as the message keeps it. @param {Squire} editor */
export const textOf = (editor) => plainTags(withoutLastLine(withTags(editor.getHTML().replace(room, "$1")).replace(ownClasses, "$1").replace(ownFocus, "$1")));

/** Whether HTML can be written on in the editor without losing anything. @param {{Squire: any, purify: any}} libraries @param {string} html */
export function fits(libraries, html) {
  if (html.trim() === "") return true;
  const editor = newEditor(libraries, document.createElement("div"));
  try {
    return holds(html, (text) => {
      editor.setHTML(text);
      return textOf(editor);
    });
  } finally {
    editor.destroy();
  }
}
