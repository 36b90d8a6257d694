import { htmlOfMarkdown, textOfHTML } from "../../data/messages.js";
import { withoutTags } from "./tags.js";
import { markdownOf } from "./to-markdown.js";

// From one format of a body to another. Tags of the template survive every change, because they are text.

/** Whether something of a body would be lost or look wrong in another format. @param {string} body @param {string} from @param {string} to */
export function loses(body, from, to) {
  if (body.trim() === "") return false;
  return to === "text" && (from === "markdown" ? /[*_#`~[>|]|^\s*[-+\d]/m.test(body) : /<(?!\/?(?:p|br|div)\b)[a-z!]/i.test(body));
}

/** Some of it the server does, as it makes the mails, so it may fail as every request may. @param {string} body @param {string} from @param {string} to @returns {Promise<string>} */
export async function convert(body, from, to) {
  if (body.trim() === "") return "";
  // Markdown says nothing of widths, and a letter has none of our style sheet.
  if (from === "markdown" && to === "html") return (await htmlOfMarkdown(body)).replace(/<img (?![^>]*(?:style|width)=)/g, '<img style="max-width:100%;height:auto" ');
  if (from === "text" && to === "html") return paragraphs(body);
  if (from === "html" && to === "markdown") return markdownOf(body);
  if (from === "html" && to === "text") return textOfHTML(body);
  return body;
}

/** Plain text as paragraphs of HTML. @param {string} text */
function paragraphs(text) {
  const bare = withoutTags(text);
  const made = bare.text
    .trim()
    .split(/\n{2,}/)
    .filter(Boolean)
    .map((part) => `<p>${linked(part.replace(/&(?!\w+;)/g, "&amp;").replaceAll("<", "&lt;")).replaceAll("\n", "<br>\n")}</p>`)
    .join("\n");
  return bare.back(made);
}

/** @param {string} escaped */
const linked = (escaped) => escaped.replace(/https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]/g, (url) => `<a href="${url}">${url}</a>`);
