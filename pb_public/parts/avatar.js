import { html } from "../html.js";
import { avatarURL } from "../data/session.js";

/** A user's picture, or the first letters of the name. @param {{user: import("../data/session.js").User, large?: boolean}} props */
export function Avatar({ user, large = false }) {
  const look = large ? "avatar large" : "avatar";
  const url = avatarURL(user);
  if (url) return html`<img class=${look} src=${url} alt="" />`;
  return html`<span class=${look} aria-hidden="true">${initials(user.name || user.email)}</span>`;
}

function initials(name) {
  return name
    .split(/[\s._@-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0].toUpperCase())
    .join("");
}
