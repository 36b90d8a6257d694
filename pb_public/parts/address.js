import { html } from "../html.js";

/** An e-mail address, which breaks before its domain where it does not fit on a line. @param {{email: string}} props */
export function Address({ email }) {
  const at = email.lastIndexOf("@") + 1;
  return html`${email.slice(0, at)}<wbr />${email.slice(at)}`;
}
