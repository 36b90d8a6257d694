import { signal } from "../../html.js";

// Colours for code: HTML and Markdown with the tags of the template in them. The library comes when the first
// editor is opened; until then, and without it, code is plain.

/** @typedef {{text: string, kind: string}} Piece kind: which colour it gets, "" for plain text */

/** Cuts code into lines of coloured pieces, once it is there. @type {import("../../vendor/signals-core-1.14.5.js").Signal<null | ((code: string, language: string) => Piece[][])>} */
export const highlighter = signal(null);

let asked = false;

export async function loadHighlighter() {
  if (asked) return;
  asked = true;
  try {
    const { default: Prism } = await import("../../vendor/prism-1.30.0.js");
    const grammars = withTemplates(Prism.languages);
    highlighter.value = (code, language) => linesOf(Prism.tokenize(code, grammars[language] ?? grammars.text));
  } catch {
    // The line broke: code stays plain, and the next editor asks again.
    asked = false;
  }
}

/** What colours there are, by the names that the library gives to tokens; the innermost one known counts. */
const kinds = {
  liquid: "tag-of-template", tag: "tag", "attr-name": "name", "attr-value": "value", comment: "comment", entity: "value", doctype: "comment", prolog: "comment", selector: "tag",
  property: "name", function: "value", url: "value", title: "head", bold: "strong", italic: "soft", code: "value", "code-snippet": "value", list: "tag", blockquote: "tag", hr: "tag", punctuation: "sign",
};

/** HTML and Markdown in which {{ … }} and {% … %} may stand anywhere, in the values of attributes too. */
function withTemplates(languages) {
  const liquid = { pattern: /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/, greedy: true };
  const html = { ...languages.markup, liquid };
  html.tag.inside["attr-value"].inside.liquid = liquid;
  html.tag.inside.liquid = liquid;
  return { html, markdown: { liquid, ...languages.markdown }, text: { liquid } };
}

/** @param {any[]} tokens @returns {Piece[][]} */
function linesOf(tokens) {
  /** @type {Piece[][]} */
  const lines = [[]];
  const add = (token, kind) => {
    if (typeof token === "string") {
      token.split("\n").forEach((text, i) => {
        if (i > 0) lines.push([]);
        if (text) lines.at(-1).push({ text, kind });
      });
      return;
    }
    const own = kinds[token.type] ?? kind;
    for (const part of Array.isArray(token.content) ? token.content : [token.content]) add(part, own);
  };
  for (const token of tokens) add(token, "");
  return lines;
}
