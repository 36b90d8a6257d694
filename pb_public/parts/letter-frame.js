import { html, useEffect, useMemo, useRef, useState } from "../html.js";
import { t } from "../i18n/index.js";
import { inertDocument } from "../data/inert.js";
import { darken } from "./dark-letter.js";

/** What mail programs give a letter on a computer, in pixels; narrower places show it smaller. */
const desktop = 680;

/**
 * The HTML of a mail. The frame is sandboxed: nothing of a letter runs, and it cannot reach the page.
 * @param {object} props
 * @param {string} props.letter  a whole document
 * @param {string} [props.title]  what the frame is called
 * @param {boolean} [props.phone]
 * @param {boolean} [props.dark]
 * @param {boolean} [props.still]  a thumbnail: it does not scroll
 * @param {boolean} [props.links]  they open, in a new tab: for mails that were really sent
 */
export function LetterFrame({ letter, title, phone = false, dark = false, links = false, still = false }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const width = useWidth(box);
  const content = useMemo(() => tame(letter, dark, links), [letter, dark, links]);
  const scale = phone || !width ? 1 : Math.min(1, width / desktop);
  const size = scale < 1 ? { inlineSize: `${desktop}px`, blockSize: `${100 / scale}%`, scale: String(scale) } : {};
  const look = ["letter-frame", phone && "phone", dark && "dark"].filter(Boolean).join(" ");
  return html`
    <div class=${look} ref=${box}>
      <iframe style=${size} title=${title ?? t("preview")} sandbox=${links ? "allow-popups allow-popups-to-escape-sandbox" : ""} scrolling=${still ? "no" : undefined} srcdoc=${content}></iframe>
    </div>
  `;
}

/** The width of an element, also when it changes. */
function useWidth(ref) {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([{ contentRect }]) => setWidth(contentRect.width));
    watch.observe(ref.current);
    return () => watch.disconnect();
  }, []);
  return width;
}

/** What has no place in a mail, and would only make the browser complain that the sandbox forbids it. */
const foreign = "script, link, iframe, frame, object, embed, form input[type=image], meta[http-equiv], base";

/**
 * A letter made ready to be looked at: links lead nowhere or into a new tab, pictures that the page may not load
 * show their description, and light or dark is what was asked for and not what the system says.
 * Letters without colours of their own for dark get them, as from mail programs.
 */
function tame(letter, dark, links) {
  const page = inertDocument(letter);
  for (const node of page.querySelectorAll(foreign)) node.remove();
  for (const picture of page.querySelectorAll("img")) if (!loads(picture.getAttribute("src"))) picture.removeAttribute("src");
  let speaksDark = /dark/.test(page.querySelector("meta[name=color-scheme]")?.getAttribute("content") ?? "");
  for (const style of page.querySelectorAll("style")) {
    speaksDark ||= /prefers-color-scheme:\s*dark|light-dark\(/.test(style.textContent);
    style.textContent = style.textContent.replace(/\(\s*prefers-color-scheme:\s*(dark|light)\s*\)/g, (_, scheme) => ((scheme === "dark") === dark ? "(min-width: 0)" : "(max-width: 0)"))
      .replace(/(^|[\s;{])color-scheme:\s*light dark/g, `$1color-scheme: ${dark ? "dark" : "light"}`);
  }
  if (dark && !speaksDark) darken(page);
  const own = page.createElement("style");
  own.textContent = [
    `:root { color-scheme: ${dark ? "dark" : "light"}; }`,
    !links && "a, button, input { pointer-events: none; }",
  ].filter(Boolean).join("\n");
  page.head.prepend(own);
  if (links) {
    const target = page.createElement("base");
    target.target = "_blank";
    page.head.prepend(target);
    for (const link of page.querySelectorAll("a[target]")) link.removeAttribute("target");
  } else {
    for (const link of page.querySelectorAll("a[href], button, input, select, textarea")) link.setAttribute("tabindex", "-1");
  }
  return `<!doctype html>${page.documentElement.outerHTML}`;
}

function loads(address) {
  if (!address) return false;
  return /^(https:|data:image\/)/i.test(address) || address.startsWith(`${location.origin}/`);
}
