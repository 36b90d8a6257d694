// The rich editor's libraries, fetched when they are first needed.
import { withoutHandlers } from "../../../data/inert.js";
import { holds, plainTags } from "./holds.js";

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
  return new Squire(root, {
    blockTag: "P",
    addLinks: true,
    sanitizeToDOMFragment: (html) => {
      const fragment = document.importNode(purify.sanitize(withoutHandlers(html), kept), true);
      collapseSpaces(fragment);
      return fragment;
    },
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

/** Names that the editor gives to spans for its own use. */
const ownClasses = /(<span\b[^>]*?) class="(?:font|size|color|highlight)"/g;

/** What the editor's element holds, as the message keeps it. @param {Squire} editor */
export const textOf = (editor) => plainTags(editor.getHTML().replace(ownClasses, "$1"));

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
