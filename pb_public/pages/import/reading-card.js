import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { startImport } from "../../data/imports.js";
import { go, here } from "../../router.js";
import { Field, Select } from "../../parts/field.js";
import { Card } from "../../parts/page.js";
import { toastTrouble } from "../../parts/toast.js";
import { remember } from "./chosen.js";

/** The names that package charset knows, the most common first. */
const encodings = [
  "utf-8", "windows-1251", "windows-1252", "windows-1250", "ibm866", "koi8-r", "koi8-u", "x-mac-cyrillic", "iso-8859-5", "ibm855", "iso-8859-15", "iso-8859-2", "ibm850", "ibm437", "ibm852", "macintosh",
  "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "shift_jis", "euc-jp", "gb18030", "big5", "euc-kr", "utf-16le", "utf-16be",
];
const delimiters = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe" };
const headerLines = 10;

/**
 * What was found out about the file. Another choice reads it anew.
 * @param {{found: import("../../data/imports.js").Import, chosen: import("./chosen.js").Chosen | null}} props
 */
export function ReadingCard({ found, chosen }) {
  const [busy, setBusy] = useState(false);
  const { encoding = "", encoding_sure: sure, delimiter = "", header, address_list: list } = found.options;
  const isBook = encoding === "xlsx";
  const again = async (change) => {
    setBusy(true);
    try {
      const next = { ...chosen, reading: { ...chosen.reading, ...change }, mapping: undefined };
      const stillHere = here();
      const begun = await startImport({ ...next, dryRun: true });
      remember(begun.id, next);
      if (stillHere()) go("/clients/import", { id: begun.id, step: "columns" });
    } catch (error) {
      toastTrouble(error);
    } finally {
      setBusy(false);
    }
  };
  const fixed = !chosen || busy;
  const choice = (label, value, options, change, hint = "") => html`
    <${Field} label=${label} hint=${hint}>
      ${(attributes) => html`<${Select} ...${attributes} disabled=${fixed} value=${value} options=${withCurrent(options, value)} onChange=${change} />`}
    <//>
  `;
  const lines = Array.from({ length: Math.max(headerLines, header) }, (_, i) => ({ value: String(i + 1), title: t("import.header.line", { line: String(i + 1) }) }));
  return html`
    <${Card} title=${t("import.read.title")}>
      <div class="beside">
        ${!isBook && choice(t("import.read.encoding"), encoding, encodings.map((name) => ({ value: name, title: name.toUpperCase() })), (value) => again({ encoding: value }), sure ? "" : t("import.read.unsure"))}
        ${!isBook && !list && choice(t("import.read.delimiter"), delimiters[delimiter] ?? delimiter, Object.values(delimiters).map((name) => ({ value: name, title: t(`import.delimiter.${name}`) })), (value) => again({ delimiter: value }))}
        ${!list && choice(t("import.read.header"), header > 0 ? String(header) : "none", [{ value: "none", title: t("import.header.none") }, ...lines], (value) => again({ header: value }), header > 1 ? t("import.read.above") : "")}
      </div>
      ${list && html`<p class="muted">${t("import.read.list")}</p>`}
    <//>
  `;
}

/** The list, with what is chosen even if it is none of it. */
const withCurrent = (options, value) => (options.some((option) => option.value === value) ? options : [{ value, title: value.toUpperCase() }, ...options]);
