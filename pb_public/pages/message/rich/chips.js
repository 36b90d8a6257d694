// Tags of the template in the rich editor: each is one thing, a chip with its words on it, that is selected, moved and deleted
// whole. A chip is a picture, because browsers and the editor know how to type beside one. It carries its tag as it was written.
import { escapeHTML } from "../../../html.js";
import { tagTitle, tagsIn } from "../tags.js";

const look = "template-tag";
const own = "data-tag";

/** @param {any} node @returns {node is HTMLImageElement} */
export const isChip = (node) => node instanceof HTMLImageElement && node.classList.contains(look);

/** The tag that a chip stands for. @param {HTMLImageElement} chip */
export const tagOf = (chip) => chip.getAttribute(own);

/** @param {string} tag @returns {HTMLImageElement} */
export function newChip(tag) {
  const chip = document.createElement("img");
  const words = shortened(tagTitle(tag));
  const width = Math.ceil(widthOf(words)) + 16;
  const [paper, ink] = tag.startsWith("{{") ? ["#eceffe", "#2f45c6"] : ["#fdf3df", "#7a4a00"];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="22"><rect width="${width}" height="22" rx="6" fill="${paper}"/><text x="8" y="15.5" font-family="${family}" font-size="13" font-weight="500" fill="${ink}" xml:space="preserve">${escapeHTML(words)}</text></svg>`;
  chip.className = look;
  chip.setAttribute(own, tag);
  chip.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  chip.alt = words;
  chip.title = tag;
  chip.width = width;
  chip.height = 22;
  return chip;
}

const family = "-apple-system, Segoe UI, Roboto, Arial, sans-serif";
const longest = 48;
const shortened = (words) => (words.length > longest ? `${words.slice(0, longest - 1).trimEnd()}…` : words);

/** @type {CanvasRenderingContext2D | null} */
let canvas = null;

function widthOf(words) {
  canvas ??= document.createElement("canvas").getContext("2d");
  canvas.font = `500 13px ${family}`;
  return canvas.measureText(words).width;
}

/**
 * Makes chips of the tags in a tree. Tags in attributes, and those that are broken up by elements, stay as they are.
 * @param {Node} root
 * @param {{node: Node, offset: number}} [caret] somebody is typing here: a tag around it is left alone
 * @returns {{node: Node, offset: number} | null} where the caret is now, null where it was
 */
export function makeChips(root, caret) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const texts = [];
  while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
  let moved = null;
  for (const text of texts) {
    for (const { index, tag } of tagsIn(text.data).reverse()) {
      const end = index + tag.length;
      const here = caret?.node === text ? caret.offset : -1;
      if (here > index && here < end) continue;
      const rest = text.splitText(end);
      const chip = newChip(tag);
      text.splitText(index).replaceWith(chip);
      if (here === end) moved = { node: chip.parentNode, offset: [...chip.parentNode.childNodes].indexOf(chip) + 1 };
      else if (here > end) moved = { node: rest, offset: here - end };
      if (!rest.data && moved?.node !== rest) rest.remove();
    }
    if (!text.data && moved?.node !== text) text.remove();
  }
  return moved;
}

/** A picture of a letter must not pass for a chip. @param {ParentNode} root */
export function dropFalseChips(root) {
  for (const element of root.querySelectorAll(`[${own}], .${look}`)) {
    element.removeAttribute(own);
    element.classList.remove(look);
  }
}

const written = new RegExp(`<img\\b(?:"[^"]*"|[^">])*?\\b${own}="([^"]*)"(?:"[^"]*"|[^">])*>`, "g");
const entities = { lt: "<", gt: ">", quot: '"', nbsp: "\u00a0", amp: "&" };

/** HTML of the editor with the tags in place of their chips. @param {string} html @param {(tag: string) => string} [write] */
export const withTags = (html, write = (tag) => tag) =>
  html.replace(written, (_, tag) => write(tag.replace(/&(lt|gt|quot|nbsp|amp);/g, (_, name) => entities[name])));

/** The same for the clipboard, where tags are text as any other. @param {string} html */
export const withTagsAsText = (html) => withTags(html, escapeHTML);

/** The chip that alone is selected. @param {Range} range @returns {HTMLImageElement | null} */
export function chipIn(range) {
  const { childNodes } = range.cloneContents();
  const solid = [...childNodes].filter((node) => node.textContent || node instanceof Element);
  if (solid.length !== 1 || !isChip(solid[0])) return null;
  const tag = tagOf(solid[0]);
  const around = range.commonAncestorContainer instanceof Element ? range.commonAncestorContainer : range.commonAncestorContainer.parentElement;
  return [...around.querySelectorAll(`.${look}`)].find((chip) => isChip(chip) && tagOf(chip) === tag && range.intersectsNode(chip)) ?? null;
}
