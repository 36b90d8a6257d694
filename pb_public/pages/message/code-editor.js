import { html, useEffect, useMemo, useRef } from "../../html.js";
import { t } from "../../i18n/index.js";
import { highlighter, loadHighlighter } from "./highlight.js";

/** Longer texts are shown without numbers and colours: they would be drawn anew with each letter typed. */
const longest = 60_000;

/**
 * A text area for code: lines are numbered, a faulty one is marked, Tab indents and Shift+Tab takes it back; Escape
 * gives the next Tab its usual meaning, so that the keyboard gets out. Undo is the browser's own.
 * @param {object} props
 * @param {string} props.name
 * @param {string} props.label
 * @param {string} props.value
 * @param {(text: string) => void} props.onInput
 * @param {null | import("./live-preview.js").Fault} [props.fault]  what is wrong, and where
 * @param {number} [props.rows]  at least
 * @param {"html" | "markdown" | "text"} [props.language]  whose colours it gets
 * @param {string} [props.placeholder]
 * @param {{current: null | {insert: (text: string) => void, focus: () => void}}} [props.handle]  gets the ways to reach the text
 */
export function CodeEditor({ name, label, value, onInput, fault, rows = 12, language = "text", placeholder, handle }) {
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const free = useRef(false);
  const cut = highlighter.value ?? plainLines;
  const lines = useMemo(() => (value.length > longest ? null : cut(value, language)), [value, language, cut]);
  useEffect(() => {
    loadHighlighter();
  }, []);
  useEffect(() => {
    if (!handle) return;
    handle.current = { insert: (text) => put(area.current, text), focus: () => area.current.focus() };
    return () => (handle.current = null);
  }, []);

  const onKeyDown = (event) => {
    if (event.key === "Escape") free.current = true;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) return keepIndent(event);
    if (event.key !== "Tab" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (free.current) return (free.current = false);
    event.preventDefault();
    indent(event.target, event.shiftKey);
  };
  const goTo = () => {
    const start = value.split("\n").slice(0, Math.max(0, fault.line - 1)).join("\n").length + (fault.line > 1 ? 1 : 0);
    const end = value.indexOf("\n", start);
    area.current.focus();
    area.current.setSelectionRange(start, end < 0 ? value.length : end);
    area.current.parentElement.querySelector(".faulty")?.scrollIntoView({ block: "center" });
  };
  return html`
    <div class=${lines ? "code-editor" : "code-editor bare"} style=${{ "--rows": rows }}>
      <div class="code-scroll">
        <div class="code-sheet">
          ${lines && html`<div class="code-lines" aria-hidden="true">${lines.map((line, i) => html`<div key=${i} class=${fault?.line === i + 1 ? "faulty" : ""}>${line.length > 0 ? line.map(({ text, kind }) => (kind ? html`<i data-kind=${kind}>${text}</i>` : text)) : "\u200b"}</div>`)}</div>`}
          <textarea name=${name} aria-label=${label} aria-invalid=${fault ? true : undefined} ref=${area} spellcheck=${false} autocapitalize="off" autocomplete="off" placeholder=${placeholder}
            value=${value} onInput=${(event) => onInput(event.target.value)} onKeyDown=${onKeyDown} onBlur=${() => (free.current = false)}></textarea>
        </div>
      </div>
      ${fault && html`
        <div class="code-fault" role="alert">
          <button class="link" type="button" onClick=${goTo}>${fault.line ? t("template.line", { line: fault.line, words: t(fault.words) }) : t(fault.words)}</button>
          <p class="said">${fault.detail}</p>
        </div>
      `}
    </div>
  `;
}

/** Lines without colours. @param {string} code */
const plainLines = (code) => code.split("\n").map((text) => (text ? [{ text, kind: "" }] : []));

/** Put text where the cursor is, as if it were typed: so it can be undone. @param {HTMLTextAreaElement} area @param {string} text */
function put(area, text) {
  area.focus();
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const step = "  ";

/** One step in or out: at the cursor, or all lines that are selected. @param {HTMLTextAreaElement} area @param {boolean} out */
function indent(area, out) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const first = value.lastIndexOf("\n", start - 1) + 1;
  if (!out && !value.slice(start, end).includes("\n")) return put(area, step);
  const last = value.indexOf("\n", Math.max(start, end - 1));
  const lines = value.slice(first, last < 0 ? value.length : last).split("\n");
  const moved = lines.map((line) => (out ? line.replace(/^( {1,2}|\t)/, "") : step + line)).join("\n");
  area.setSelectionRange(first, last < 0 ? value.length : last);
  put(area, moved);
  const change = moved.length - lines.join("\n").length;
  if (lines.length > 1) area.setSelectionRange(first, first + moved.length);
  else area.setSelectionRange(Math.max(first, start + change), Math.max(first, end + change));
}

/** A new line begins where the last one did. */
function keepIndent(event) {
  const { selectionStart: start, value } = event.target;
  const [space] = /^[ \t]*/.exec(value.slice(value.lastIndexOf("\n", start - 1) + 1, start));
  if (!space || event.isComposing) return;
  event.preventDefault();
  put(event.target, `\n${space}`);
}
