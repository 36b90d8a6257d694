// A letter in HTML, rewritten in Markdown. What Markdown has no marks for stays HTML, which it may hold.
import { inertDocument } from "../../data/inert.js";
import { plainTags } from "./rich/holds.js";

const templateTag = /(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})/;

/** @param {string} html @returns {string} */
export function markdownOf(html) {
  const { body } = inertDocument(`<!doctype html><body>${html}`);
  const parts = [];
  for (const node of body.childNodes) {
    const element = node.nodeType === Node.ELEMENT_NODE;
    const words = element ? (block(/** @type {Element} */ (node)) ?? whole(/** @type {Element} */ (node))) : node.nodeType === Node.TEXT_NODE ? escaped(node.nodeValue.trim()) : "";
    if (words.trim()) parts.push(words.replace(/\s+$/, ""));
  }
  return plainTags(parts.join("\n\n")) + (parts.length > 0 ? "\n" : "");
}

/** HTML within Markdown ends at an empty line, so it has none. @param {Element} element */
const whole = (element) => element.outerHTML.replace(/\n\s*\n/g, "\n");

/** A paragraph, heading, list or quote; null when Markdown would lose something of it. @param {Element} element @returns {string | null} */
function block(element) {
  const tag = element.localName;
  if (tag === "hr" && bare(element)) return "---";
  if (tag === "ul" || tag === "ol") return list(element, "");
  if (tag === "blockquote" && bare(element)) {
    const inside = [...element.children].map(block);
    if (inside.includes(null) || looseText(element)) return null;
    return inside.join("\n\n").replace(/^/gm, "> ").replace(/^> $/gm, ">");
  }
  if (!/^(p|div|h[1-6])$/.test(tag) || !bare(element)) return null;
  const words = inline(element);
  if (words === null) return null;
  const line = words.trim();
  return /^h/.test(tag) ? `${"#".repeat(Number(tag[1]))} ${line.replaceAll("\n", " ")}` : line;
}

/** @param {Element} element @param {string} indent @returns {string | null} */
function list(element, indent) {
  const start = Number(element.getAttribute("start") ?? 1);
  if ([...element.attributes].some(({ name }) => name !== "start") || looseText(element)) return null;
  const lines = [];
  for (const [i, item] of [...element.children].entries()) {
    if (item.localName !== "li" || !bare(item)) return null;
    const mark = element.localName === "ol" ? `${start + i}. ` : "- ";
    const own = item.cloneNode(true);
    const inner = [...own.children].filter((child) => /^(ul|ol)$/.test(child.localName));
    for (const child of inner) child.remove();
    const words = inline(own);
    const deeper = inner.map((child) => list(child, indent + " ".repeat(mark.length)));
    if (words === null || deeper.includes(null)) return null;
    lines.push(indent + mark + words.trim().replaceAll("\n", `\n${indent}${" ".repeat(mark.length)}`), ...deeper);
  }
  return lines.join("\n");
}

const marks = { b: "**", strong: "**", i: "*", em: "*", s: "~~", del: "~~", code: "`" };

/** What stands within a line; null when Markdown would lose something. @param {Node} node @returns {string | null} */
function inline(node) {
  let words = "";
  for (const child of node.childNodes) {
    if (child.nodeType === Node.COMMENT_NODE) return null;
    if (child.nodeType === Node.TEXT_NODE) {
      words += escaped(child.nodeValue.replace(/\s+/g, (space) => (space.includes("\u00a0") ? space : " ")));
      continue;
    }
    const element = /** @type {Element} */ (child);
    const tag = element.localName;
    const inside = inline(element);
    if (inside === null) return null;
    if (tag === "br") words += element.nextSibling ? "\n" : "";
    else if (tag === "img" && !only(element, ["src", "alt"])) words += element.outerHTML;
    else if (tag === "img") words += `![${(element.getAttribute("alt") ?? "").replace(/[[\]]/g, "")}](${element.getAttribute("src") ?? ""})`;
    else if (tag === "a" && only(element, ["href"])) words += link(inside, element.getAttribute("href") ?? "");
    else if (/^(p|div|span)$/.test(tag) && bare(element)) words += tag === "span" || !words ? inside : `\n${inside}`;
    else if (marks[tag] && bare(element)) words += marked(inside, marks[tag]);
    else return null;
  }
  return words;
}

/** Marks stand directly at words, never at spaces. */
function marked(words, mark) {
  const [, before, inside, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words);
  return inside ? before + mark + inside + mark + after : words;
}

const link = (words, address) => (words === address ? `<${address}>` : `[${words}](${/[\s()]/.test(address) && !address.startsWith("{{") ? `<${address}>` : address})`);

/** What would be read as a mark is written as what it is; tags of the template stay. @param {string} text */
function escaped(text) {
  return text
    .split(templateTag)
    .map((part, i) => (i % 2 ? part : part.replace(/[\\`*_[\]<>~]/g, (sign) => `\\${sign}`).replace(/^(\s*)(#{1,6}|[-+]|\d+\.)(?=\s)/, "$1\\$2")))
    .join("");
}

const bare = (element) => element.attributes.length === 0;
const only = (element, names) => [...element.attributes].every(({ name }) => names.includes(name));
const looseText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue.trim() !== "");
