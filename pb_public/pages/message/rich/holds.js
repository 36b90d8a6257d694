// Whether HTML comes out of the rich editor as it went in. The editor works on the browser's idea of a document,
// so what the browser moves, mends or drops while reading it would be lost.

import { inertDocument, withoutHandlers } from "../../../data/inert.js";

/** A tag of HTML, or of the template. */
const marks = /<(\/?)([a-z][a-z0-9]*)|\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/gi;

/** Browsers add these without a difference. */
const added = new Set(["tbody", "div", "br"]);

/** What the editor writes in its own way. */
const same = { strong: "b", em: "i" };

/** A whole document, or what the editor has no place for. */
const foreign = /<(!doctype|!--|html|head|body|style|script|title|meta|form|iframe)/i;

/**
 * @param {string} html @param {(html: string) => string} through what the editor makes of it
 * @returns {boolean}
 */
export function holds(html, through) {
  if (foreign.test(html) || withoutHandlers(html) !== html) return false;
  const read = parsed(withoutLastLine(html));
  // Tags of the template between table rows would be thrown out of the table, unclosed tags be closed elsewhere.
  if (order(withoutLastLine(html)) !== order(plainTags(read.innerHTML))) return false;
  return outline(read) === outline(parsed(through(html)));
}

/** The editor keeps an empty line below a table or a list, to write on: the letter does not need it. @param {string} html */
export const withoutLastLine = (html) => html.replace(/(<\/(?:table|ul|ol|blockquote)>)\s*<(p|div)><br><\/\2>\s*$/i, "$1");

function parsed(html) {
  return inertDocument(`<!doctype html><body>${html}`).body;
}

/** Tags in the order in which they stand in the source. */
function order(html) {
  return [...html.matchAll(marks)]
    .map(([mark, close, tag]) => (tag ? (added.has(tag.toLowerCase()) ? "" : close + tag.toLowerCase()) : mark.replace(/\s+/g, " ")))
    .filter(Boolean)
    .join("\n"); // which no tag contains
}

/** A document by its elements, attributes and words; spaces that nobody sees are left out. @param {Node} node */
function outline(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const words = node.nodeValue.replace(/[ \t\r\n\f]+/g, " ");
    const begun = breaks(node.previousSibling) ? words.replace(/^ /, "") : words;
    return breaks(node.nextSibling) ? begun.replace(/ $/, "") : begun;
  }
  const element = /** @type {Element} */ (node);
  const inside = [...element.childNodes].map(outline).join("").trim();
  const name = element.localName;
  const attributes = [...element.attributes].map(({ name: key, value }) => ` ${key}=${key === "style" ? element.style.cssText : value}`).sort().join("");
  if (added.has(name) && !attributes) return name === "br" ? "" : ` ${inside} `;
  return `<${same[name] ?? name}${attributes}>${inside}</>`;
}

const blocks = new Set("address article aside blockquote br caption center dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre section table tbody td tfoot th thead tr ul".split(" "));

/** Whether a line ends here, so that spaces beside it do not show. @param {Node | null} node */
const breaks = (node) => node === null || blocks.has(/** @type {Element} */ (node).localName ?? "");

/**
 * The browser writes > in a tag of the template as &gt;, which the template would not understand. Quotation marks
 * within attributes become single ones.
 * @param {string} html
 */
export function plainTags(html) {
  return html.replace(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, (tag) => tag.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, "'").replace(/&nbsp;/g, " ").replace(/&amp;/g, "&"));
}
