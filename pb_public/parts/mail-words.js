import { html } from "../html.js";
import { bytes, t } from "../i18n/index.js";
import { asWritten } from "../data/idn.js";

/** An e-mail address as people write it, which breaks before its domain where it does not fit on a line. @param {{email: string}} props */
export function Address({ email }) {
  const at = email.lastIndexOf("@") + 1;
  return html`${email.slice(0, at)}<wbr />${asWritten(email.slice(at))}`;
}

/**
 * What a mail server said, untouched, as one line: "550 5.1.1 No such user here". What Gonets itself has to say, because no server said
 * anything, is in the reader's language.
 * @param {{code: number, enhanced_code: string, response: string}} answer
 */
export function answerWords({ code, enhanced_code: enhanced, response }) {
  const own = ownWords(response.replace(/^\d{3} (?:\d\.\d{1,3}\.\d{1,3} )?/, ""));
  if (own) return own;
  // Whole answers begin with their code; texts alone get it put before them.
  return code && response.startsWith(String(code)) ? response : [code || "", enhanced, response].filter(Boolean).join(" ");
}

/** What Gonets says of a try, by how its sentences begin or end, and the words for it. @type {[RegExp, string][]} */
const own = [
  [/^(?:[a-z ]+: )?the server closed the connection: /, "said.closed"],
  [/^(?:[a-z ]+: )?nothing for (?<time>[\dhms.]+): /, "said.silent"],
  [/^(?:[a-z ]+: )?the connection was closed$/, "said.closed"],
  [/^the address is not ASCII and the mail server does not offer SMTPUTF8$/, "said.smtputf8"],
  [/^the address ".*" is malformed$/, "said.malformed"],
  [/^the sender address (?:".*" is malformed|is not ASCII)/, "said.sender"],
  [/^the mail has (?<size>\d+) bytes and the mail server takes (?<most>\d+)$/, "said.size"],
  [/^Gonets ended while the mail was being handed over/, "said.interrupted"],
  [/^not recorded: /, "said.unrecorded"],
];

/** A sentence of Gonets in the reader's language; "" when it is somebody else's. @param {string} said */
function ownWords(said) {
  for (const [pattern, key] of own) {
    const found = pattern.exec(said);
    if (!found) continue;
    const { time = "", size = 0, most = 0 } = found.groups ?? {};
    return t(key, { time, size: bytes(Number(size)), most: bytes(Number(most)) });
  }
  return "";
}
