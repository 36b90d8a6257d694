// What is wrong with a template, in the reader's language: the server says it in English.
import { t } from "../../i18n/index.js";

/** Sentences of the server, and the words for them; what is named in a sentence goes along. @type {[RegExp, string][]} */
const sentences = [
  [/^(?<what>[\s\S]+) is not closed by \}\} on the same line$/, "fault.open"],
  [/^(?<what>[\s\S]+) is not closed by %\} or is no tag$/, "fault.openTag"],
  [/^there is no tag "(?<what>.*?)"; the tags are (?<list>.*)$/, "fault.noTag"],
  [/^there is no filter "(?<what>.*?)"; the filters are (?<list>.*)$/, "fault.noFilter"],
  [/^\{% (?<what>\w+) %\} has no \{% end\w+ %\}$/, "fault.noEnd"],
  [/^unterminated "(?<what>\w+)" block in /, "fault.noEnd"],
  [/^(?<what>\w+) not inside (?<list>[\w ]+)[; ]/, "fault.alone"],
  [/^cannot read "(?<what>.*)": check names, quotes and filters$/, "fault.unreadable"],
  [/^(?<what>[\s\S]+) has no =$/, "fault.noEquals"],
  [/^"(?<what>.*)" cannot be the name of a variable of your own$/, "fault.name"],
  [/^a range such as \(1\.\.3\) can only stand/, "fault.range"],
  [/^limit and offset want a whole number$/, "fault.whole"],
  [/^the filter (?<what>\w+) cannot be used here/, "fault.filterHere"],
  [/^too much work: /, "fault.work"],
  [/^tags are nested more than (?<what>\d+) deep$/, "fault.deep"],
  [/^there are more than (?<what>\d+) tags$/, "fault.many"],
  [/^there are too many \{\{ and \{% that are not closed$/, "fault.manyOpen"],
];

/** @param {string} detail of the server @returns {string} the same where there are no words for it */
export function faultWords(detail) {
  for (const [sentence, key] of sentences) {
    const found = sentence.exec(detail);
    if (found) return t(key, { what: found.groups?.what?.replaceAll('\\"', '"') ?? "", list: found.groups?.list ?? "" });
  }
  return detail;
}
