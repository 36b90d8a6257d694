import { html } from "../html.js";

/** An e-mail address, which breaks before its domain where it does not fit on a line. @param {{email: string}} props */
export function Address({ email }) {
  const at = email.lastIndexOf("@") + 1;
  return html`${email.slice(0, at)}<wbr />${email.slice(at)}`;
}

/**
 * What a mail server said, untouched, as one line: "550 5.1.1 No such user here".
 * @param {{code: number, enhanced_code: string, response: string}} answer
 */
export function answerWords({ code, enhanced_code: enhanced, response }) {
  // Whole answers begin with their code; texts alone get it put before them.
  return code && response.startsWith(String(code)) ? response : [code || "", enhanced, response].filter(Boolean).join(" ");
}
