// Tags of the template, {{ … }} and {% … %}, in the texts that hold them.
import { t } from "../../i18n/index.js";

/** A tag as it is written. */
const tag = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;

/** @param {string} text @returns {{index: number, tag: string}[]} */
export const tagsIn = (text) => [...text.matchAll(tag)].map(({ index, 0: found }) => ({ index, tag: found }));

/**
 * A text in which nothing can touch the tags while it is rewritten: each is one character sequence that no format has a mark for.
 * @param {string} text @returns {{text: string, back: (rewritten: string) => string}} back puts the tags in again, byte by byte
 */
export function withoutTags(text) {
  const found = [];
  return {
    text: text.replace(tag, (one) => `\ue000${found.push(one) - 1}\ue001`),
    back: (rewritten) => rewritten.replace(/\ue000(\d+)\ue001/g, (mark, i) => found[i] ?? mark),
  };
}

/** A name that can follow a dot in a template; others stand in brackets. */
const plain = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** The expression of an attribute of clients. @param {string} name */
export const attributeOf = (name) => (plain.test(name) ? `client.attributes.${name}` : `client.attributes[${JSON.stringify(name)}]`);

/** A variable that some clients have no value for: what stands there then. @param {string} expression @param {string} [fallback] */
export function variableTag(expression, fallback = "") {
  const quote = fallback.includes('"') ? "'" : '"';
  return fallback ? `{{ ${expression} | default: ${quote}${fallback}${quote} }}` : `{{ ${expression} }}`;
}

/** Whether a fallback can be written into a tag: nothing in it may end that, begin HTML or need both kinds of quotation marks. @param {string} fallback */
export const fitsTag = (fallback) => !/[<>{}\\]/.test(fallback) && !(fallback.includes('"') && fallback.includes("'"));

/**
 * What a tag says, when it is a variable with at most a fallback; null for code.
 * @param {string} written @returns {null | {expression: string, fallback: string}}
 */
export function readVariable(written) {
  const found = /^\{\{\s*([^\s|{}"'[\]]+|client\.attributes\["[^"\\]*"\])\s*(?:\|\s*default:\s*(?:"([^"\\]*)"|'([^']*)')\s*)?\}\}$/.exec(written);
  return found && { expression: found[1], fallback: found[2] ?? found[3] ?? "" };
}

/** Variables that have words of their own. */
const named = { "client.first_name": "first_name", "client.full_name": "full_name", "client.email": "email", unsubscribe_url: "unsubscribe_url", view_url: "view_url", "brand.name": "brand_name", "brand.address": "brand_address" };

/** Whether an expression is empty for nobody. @param {string} expression */
export const isAlwaysThere = (expression) => ["client.email", "unsubscribe_url", "view_url", "brand.name", "brand.address"].includes(expression);

/** An expression in words: "First name", "city". @param {string} expression */
export function variableTitle(expression) {
  if (named[expression]) return t(`variable.${named[expression]}`);
  const attribute = /^client\.attributes(?:\.(.+)|\["(.*)"\])$/.exec(expression);
  return attribute ? (attribute[1] ?? attribute[2]) : expression;
}

/** Code that has words of its own, by its first word. */
const coded = { if: "if", unless: "unless", elsif: "elsif", else: "else", for: "for", case: "case", when: "when", endif: "end", endunless: "end", endfor: "end", endcase: "end" };

/** A tag in words, for a chip: "First name, or “friend”", "If city == "York"". @param {string} written */
export function tagTitle(written) {
  const variable = readVariable(written);
  if (variable) {
    const title = variableTitle(variable.expression);
    return variable.fallback ? t("tag.or", { title, fallback: variable.fallback }) : title;
  }
  const [, inside] = /^\{[{%]-?\s*([\s\S]*?)\s*-?[%}]\}$/.exec(written);
  const words = inside.replace(/\s+/g, " ");
  const [, first, rest] = /^(\w*)\s*(.*)$/.exec(words);
  if (written.startsWith("{{") || !coded[first]) return words;
  return t(`tag.${coded[first]}`, { what: rest.replace(/\bclient\.(?:attributes\.)?/g, "") }).trim();
}
