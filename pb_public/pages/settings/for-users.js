import { html } from "../../html.js";
import { Obstacle } from "../../parts/shell/outlet.js";

/** In place of a page of owners and managers: a superuser has no mailings. */
export default function ForUsers() {
  return html`<${Obstacle} kind="forUsers" />`;
}
