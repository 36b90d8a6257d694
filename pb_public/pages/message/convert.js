import { inertDocument } from "../../data/inert.js";
import { htmlOfMarkdown } from "../../data/messages.js";
import { markdownOf } from "./to-markdown.js";

// From one format of a body to another. Tags of the template survive every change, because they are text.

/** Whether something of a body would be lost or look wrong in another format. @param {string} body @param {string} from @param {string} to */
export function loses(body, from, to) {
  if (body.trim() === "") return false;
  return to === "text" && (from === "markdown" ? /[*_#`~[>|]|^\s*[-+\d]/m.test(body) : /<(?!\/?(?:p|br|div)\b)[a-z!]/i.test(body));
}

/** Markdown becomes HTML on the server, so it may fail as every request may. @param {string} body @param {string} from @param {string} to @returns {Promise<string>} */
export async function convert(body, from, to) {
  if (body.trim() === "") return "";
  // Markdown says nothing of widths, and a letter has none of our style sheet.
  if (from === "markdown" && to === "html") return (await htmlOfMarkdown(body)).replace(/<img (?![^>]*(?:style|width)=)/g, '<img style="max-width:100%;height:auto" ');
  if (from === "text" && to === "html") return paragraphs(body);
  if (from === "html" && to === "markdown") return markdownOf(body);
  if (from === "html" && to === "text") return textOf(body);
  return body;
}

/** Plain text as paragraphs of HTML. @param {string} text */
function paragraphs(text) {
  return text
    .trim()
    .split(/\n{2,}/)
    .filter(Boolean)
    .map((part) => `<p>${linked(part.replace(/&(?!\w+;)/g, "&amp;").replace(/<(?![%{])/g, "&lt;")).replaceAll("\n", "<br>\n")}</p>`)
    .join("\n");
}

/** @param {string} escaped */
const linked = (escaped) => escaped.replace(/https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]/g, (url) => `<a href="${url}">${url}</a>`);

const blocks = "p, div, h1, h2, h3, h4, h5, h6, li, tr, blockquote, pre, table, ul, ol, section, article, header, footer";

/** What is left of HTML when only its words stay. @param {string} html */
function textOf(html) {
  const page = inertDocument(html);
  for (const node of page.querySelectorAll("style, script, title")) node.remove();
  for (const link of page.querySelectorAll("a[href]")) {
    const address = link.getAttribute("href");
    if (link.textContent.trim() !== address) link.append(` (${address})`);
  }
  for (const picture of page.querySelectorAll("img[alt]")) picture.replaceWith(picture.getAttribute("alt"));
  for (const node of page.querySelectorAll("*")) for (const child of [...node.childNodes]) if (child.nodeType === Node.TEXT_NODE) child.textContent = child.textContent.replace(/\s+/g, " ");
  for (const line of page.querySelectorAll("br")) line.replaceWith("\n");
  for (const item of page.querySelectorAll("li")) item.prepend("- ");
  for (const cell of page.querySelectorAll("td, th")) cell.append(" ");
  for (const block of page.querySelectorAll(blocks)) {
    block.before("\n");
    block.after(block.matches("li, tr") ? "" : "\n");
  }
  return (page.body?.textContent ?? "").replace(/[ \t]+\n/g, "\n").replace(/\n[ \t]+/g, "\n").replace(/\n{3,}/g, "\n\n").trim() + "\n";
}
