import { inertDocument } from "../../data/inert.js";

// From one format of a body to another. Tags of the template survive every change, because they are text.

/** Whether something of a body would be lost or look wrong in another format. @param {string} body @param {string} from @param {string} to */
export function loses(body, from, to) {
  if (body.trim() === "") return false;
  if (from === "text") return false;
  if (from === "html") return to === "markdown" ? false : /<[a-z!]/i.test(body);
  return to === "html";
}

/** @param {string} body @param {string} from @param {string} to */
export function convert(body, from, to) {
  if (from === "html" && to === "text") return textOf(body);
  if (to === "html" && from !== "html") return paragraphs(body);
  // Markdown holds HTML as it is, and reads well as plain text.
  return body;
}

/** Plain text as paragraphs of HTML. @param {string} text */
function paragraphs(text) {
  return text
    .trim()
    .split(/\n{2,}/)
    .filter(Boolean)
    .map((part) => `<p>${part.replace(/&(?!\w+;)/g, "&amp;").replace(/<(?![%{])/g, "&lt;").replaceAll("\n", "<br>\n")}</p>`)
    .join("\n");
}

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
