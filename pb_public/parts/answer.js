/**
 * What a mail server said, untouched, as one line: "550 5.1.1 No such user here".
 * @param {{code: number, enhanced_code: string, response: string}} answer
 */
export function answerWords({ code, enhanced_code: enhanced, response }) {
  // Whole answers begin with their code; texts alone get it put before them.
  return code && response.startsWith(String(code)) ? response : [code || "", enhanced, response].filter(Boolean).join(" ");
}
