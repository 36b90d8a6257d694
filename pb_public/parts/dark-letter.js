// A letter that says nothing of dark, in the colours that mail programs give it then: light grounds become dark and dark words
// light, hues stay, and what is so already stays too.
// Colours are changed where they are written, so that pictures and emoji stay as they are.

/** White becomes the paper of a dark letter. @param {string} color */
const asGround = (color) => `oklch(from ${color} min(l, 0.95 - 0.75 * l) c h)`;

/** Black becomes nearly white. @param {string} color */
const asWords = (color) => `oklch(from ${color} max(l, 0.95 - 0.75 * l) c h)`;

/** Declarations that hold colours. */
const colored = /((?:^|[;{\s"'])(?:color|background(?:-color|-image)?|border(?:-(?:top|right|bottom|left|block|inline)(?:-(?:start|end))?)?(?:-color)?|outline(?:-color)?|box-shadow|text-decoration(?:-color)?|fill|stroke)\s*:)([^;}]*)/gi;

/** What of a value may be a colour; addresses are skipped. */
const tokens = /url\([^)]*\)|#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)|\b[a-z]+\b/gi;

const keywords = /^(?:transparent|currentcolor|inherit|initial|unset|revert|none)$/i;

/** @param {string} css */
const turnedCSS = (css) =>
  css.replace(colored, (_, name, value) => {
    const turned = /(?:^|[;{\s"'])(?:color|fill|stroke|text-decoration(?:-color)?)\s*:$/i.test(name) ? asWords : asGround;
    return name + value.replace(tokens, (token) => (/^url\(/i.test(token) || keywords.test(token) || !CSS.supports("color", token) ? token : turned(token)));
  });

/** Old attributes that hold a colour, and what says the same in CSS. */
const attributes = { bgcolor: "background-color", color: "color", text: "color" };

/** @param {Document} page an inert document, which is changed */
export function darken(page) {
  for (const style of page.querySelectorAll("style")) style.textContent = turnedCSS(style.textContent);
  for (const element of page.querySelectorAll("[style]")) element.setAttribute("style", turnedCSS(element.getAttribute("style")));
  for (const [name, property] of Object.entries(attributes)) {
    for (const element of page.querySelectorAll(`[${name}]`)) {
      const color = element.getAttribute(name);
      element.removeAttribute(name);
      if (CSS.supports("color", color)) element.setAttribute("style", `${property}:${(property === "color" ? asWords : asGround)(color)};${element.getAttribute("style") ?? ""}`);
    }
  }
  const base = page.createElement("style");
  base.textContent = `html { background: ${asGround("#fff")}; color: ${asWords("#000")}; }`;
  page.head.prepend(base);
}
