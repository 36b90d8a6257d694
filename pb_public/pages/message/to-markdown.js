// A letter in HTML, rewritten in Markdown. What Markdown has no marks for stays HTML, which it may hold.
import { inertDocument } from "../../data/inert.js";
import { withoutTags } from "./tags.js";

/** @param {string} html @returns {Promise<string>} */
export async function markdownOf(html) {
  const { default: Turndown } = await import("../../vendor/turndown-7.2.5.js");
  const { text, back } = withoutTags(html);
  const { body } = inertDocument(`<!doctype html><body>${text}`);
  return `${back(converter(Turndown, back).turndown(body)).trim()}\n`;
}

/** @param {any} Turndown @param {(text: string) => string} back puts the tags of the template in again */
function converter(Turndown, back) {
  const service = new Turndown({
    headingStyle: "atx",
    hr: "---",
    bulletListMarker: "-",
    codeBlockStyle: "fenced",
    emDelimiter: "*",
    br: "", // the server takes each end of a line for one
    blankReplacement: (_, node) => (bare(node) ? (node.isBlock ? "\n\n" : "") : apart(node)),
  });
  service.escape = escaped;
  service.addRule("item", { filter: "li", replacement: item });
  service.addRule("struck", { filter: ["s", "del"], replacement: (words) => (words.trim() ? `~~${words}~~` : words) });
  service.addRule("link", { filter: (node) => node.localName === "a" && node.hasAttribute("href"), replacement: (words, node) => link(words, node.getAttribute("href"), back) });
  service.addRule("image", { filter: "img", replacement: (_, node) => image(node, back) });
  // The last rule is asked first.
  const known = new WeakMap();
  service.addRule("asItIs", { filter: (node) => !hasMarks(node, known), replacement: (_, node) => apart(node) });
  return service;
}

/** Elements that Markdown has marks for, with the attributes that have a place in them. @type {Record<string, string[]>} */
const marked = { ...Object.fromEntries("p div span h1 h2 h3 h4 h5 h6 ul li blockquote hr br b strong i em s del code pre".split(" ").map((name) => [name, []])), a: ["href"], ol: ["start"] };

/** Whether Markdown can say all of an element and of what is in it. @param {Element} element @param {WeakMap<Element, boolean>} known */
function hasMarks(element, known) {
  if (!known.has(element)) {
    const own = element.localName === "img" || (marked[element.localName] && only(element, marked[element.localName]));
    known.set(element, Boolean(own) && [...element.childNodes].every((node) => node.nodeType === Node.TEXT_NODE || (node.nodeType === Node.ELEMENT_NODE && hasMarks(/** @type {Element} */ (node), known))));
  }
  return known.get(element);
}

const only = (element, names) => [...element.attributes].every(({ name }) => names.includes(name));
const bare = (element) => only(element, []);

/** One that is fitted to a width stays HTML, which has no words for Markdown to misread. @param {Element} element */
function image(element, back) {
  if (!only(element, ["src", "alt"])) return element.outerHTML;
  return `!${link((element.getAttribute("alt") ?? "").replace(/[[\]]/g, ""), element.getAttribute("src") ?? "", back)}`;
}

/** HTML within Markdown ends at an empty line, so it has none. @param {any} node */
function apart(node) {
  const code = node.outerHTML.replace(/\n\s*\n/g, "\n");
  return node.isBlock ? `\n\n${code}\n\n` : code;
}

/** Lines of an item stand below its first word. @param {string} words @param {any} node @param {any} options */
function item(words, node, { bulletListMarker: bullet }) {
  const list = node.parentElement;
  const first = Number(list.getAttribute("start") ?? 1);
  const mark = list.localName === "ol" ? `${first + [...list.children].indexOf(node)}. ` : `${bullet} `;
  return mark + words.trim().replaceAll("\n", `\n${" ".repeat(mark.length)}`) + (node.nextSibling ? "\n" : "");
}

function link(words, address, back) {
  const whole = back(address);
  return words && words === address ? `<${address}>` : `[${words}](${/[\s()]/.test(whole) && !whole.startsWith("{{") ? `<${address}>` : address})`;
}

/** What would be read as a mark is written as what it is. @param {string} text */
const escaped = (text) => text.replace(/[\\`*_[\]<>~]/g, (sign) => `\\${sign}`).replace(/^(\s*)(#{1,6}|[-+]|\d+\.)(?=\s)/, "$1\\$2");
