// What is pasted comes from somewhere with looks of its own: Word, Google Docs, a web page. Its words, emphasis, lists,
// links and pictures belong into the letter; its fonts, margins and private marks do not.
import { inertDocument } from "../../../data/inert.js";

/** Before what the editor itself puts on the clipboard: that comes back as it was. */
export const ownMark = "<!--gonets-->";

/** What may stay, and which of its attributes. */
const kept = {
  a: ["href"], b: [], strong: [], i: [], em: [], u: [], s: [], sub: [], sup: [], br: [], hr: [], p: [], h1: [], h2: [], h3: [], h4: [], blockquote: [], pre: [],
  ul: [], ol: ["start"], li: [], img: ["src", "alt", "width", "height"], table: ["border", "cellpadding", "cellspacing"], thead: [], tbody: [], tr: [], td: ["colspan", "rowspan"], th: ["colspan", "rowspan"],
};

/** HTML of the editor as the plain text of the clipboard. @param {string} html */
export function plainText(html) {
  const { body } = inertDocument(html);
  for (const end of body.querySelectorAll("br")) end.replaceWith("\n");
  for (const block of body.querySelectorAll(`${blocks}, li, tr`)) block.append("\n");
  return body.textContent.replaceAll("\u00a0", " ").replace(/\n+$/, "");
}

const gone = "head, title, style, script, meta, link, xml, template, noscript, object, iframe, input, button, select, textarea, svg";

/**
 * Pasted HTML as it goes into a letter.
 * @param {string} html what the clipboard holds
 * @returns {string}
 */
export function pasted(html) {
  if (html.includes(ownMark)) return between(html.replace(ownMark, ""));
  const { body } = inertDocument(between(html));
  for (const node of body.querySelectorAll(gone)) node.remove();
  for (const comment of comments(body)) comment.remove();
  wordLists(body);
  for (const element of [...body.querySelectorAll("*")].reverse()) settle(element);
  for (const end of body.querySelectorAll(":scope > br")) if (end.nextElementSibling?.matches(blocks)) emptyLine(end);
  return body.innerHTML.trim();
}

/** Browsers mark what was selected; around it may stand the head of a whole page. @param {string} html */
function between(html) {
  const inside = /<!--StartFragment-->([\s\S]*)<!--EndFragment-->/i.exec(html);
  return inside ? inside[1] : html;
}

function comments(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

/** One element, whose content is settled already: kept without its looks, or only its content. @param {HTMLElement} element */
function settle(element) {
  const tag = element.localName;
  const style = styleOf(element);
  // Google Docs puts the whole text into a <b> that is not bold.
  const plain = (tag === "b" || tag === "strong") && style.bold === false;
  if (tag === "img" && !/^https?:|^data:image\//i.test(element.getAttribute("src") ?? "")) return element.remove();
  // A paragraph within a list item would only push its words away from the mark.
  const inItem = (tag === "p" || tag === "div") && element.parentElement?.localName === "li";
  if (tag === "div" && !inItem && !element.querySelector(blocks)) return rename(element, "p");
  if (!kept[tag] || plain || inItem || (tag === "a" && !element.getAttribute("href"))) return emphasize(element, style, true);
  if (!/^(h[1-4]|b|strong|i|em|u|s|a|th)$/.test(tag)) emphasize(element, style, false);
  for (const { name } of [...element.attributes]) if (!kept[tag].includes(name)) element.removeAttribute(name);
}

const blocks = "p, h1, h2, h3, h4, ul, ol, table, blockquote, pre, hr, div";

/** A line break between paragraphs is an empty line. @param {HTMLElement} end */
function emptyLine(end) {
  const line = end.ownerDocument.createElement("p");
  end.replaceWith(line);
  line.append(end);
}

/** @param {HTMLElement} element @param {string} tag */
function rename(element, tag) {
  const other = element.ownerDocument.createElement(tag);
  other.append(...element.childNodes);
  element.replaceWith(other);
}

/** What of an element's looks carries meaning. bold: false says that it is not. @param {HTMLElement} element */
function styleOf(element) {
  const { fontWeight, fontStyle, textDecorationLine, textDecoration } = element.style;
  const lines = `${textDecorationLine} ${textDecoration}`;
  const weight = fontWeight === "bold" ? 700 : fontWeight === "normal" ? 400 : Number(fontWeight);
  return { bold: fontWeight ? weight >= 600 : undefined, italic: fontStyle === "italic", struck: lines.includes("line-through"), underlined: lines.includes("underline") };
}

/** Say the looks of an element with tags around its content, or in its place. */
function emphasize(element, { bold, italic, struck, underlined }, instead) {
  const inside = document.createDocumentFragment();
  inside.append(...element.childNodes);
  let whole = inside;
  // A link is underlined anyway.
  for (const tag of [bold && "b", italic && "i", struck && "s", underlined && !element.closest("a") && !inside.querySelector("a") && "u"]) {
    if (!tag || !inside.hasChildNodes() && whole === inside) continue;
    const mark = element.ownerDocument.createElement(tag);
    mark.append(whole);
    whole = mark;
  }
  if (instead) element.replaceWith(whole);
  else element.append(whole);
}

/** Word writes a list as paragraphs that only say in their style that they are items. @param {HTMLElement} body */
function wordLists(body) {
  /** Open lists, by depth. @type {HTMLElement[]} */
  let open = [];
  let last = null;
  for (const paragraph of [...body.querySelectorAll("p[style*='mso-list'], p[class*='MsoListParagraph']")]) {
    const found = /mso-list:\s*l\d+\s+level(\d+)/i.exec(paragraph.getAttribute("style") ?? "");
    if (!found) continue;
    const mark = paragraph.querySelector("[style*='mso-list:Ignore'], [style*='mso-list: Ignore']");
    const ordered = /^\s*[\p{L}\p{N}]{1,4}[.)]/u.test(mark?.textContent ?? "") && !/^\s*o\s/.test(mark.textContent);
    mark?.remove();
    // What stands between two items ends the list.
    if (!last || previousElement(paragraph) !== last) open = [];
    const depth = Math.min(Number(found[1]), open.length + 1);
    open.length = Math.min(open.length, depth);
    const item = paragraph.ownerDocument.createElement("li");
    item.append(...paragraph.childNodes);
    if (open.length < depth) {
      const list = paragraph.ownerDocument.createElement(ordered ? "ol" : "ul");
      if (open.length === 0) paragraph.before(list);
      else (open.at(-1).lastElementChild ?? open.at(-1)).append(list);
      open.push(list);
    }
    open.at(-1).append(item);
    paragraph.remove();
    last = open[0];
  }
}

const previousElement = (node) => node.previousElementSibling;
