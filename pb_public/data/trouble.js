// What went wrong, in words: turns whatever a request threw into something that can be shown.
import { known, t } from "../i18n/index.js";

/**
 * @typedef {object} Trouble
 * @property {"aborted" | "offline" | "signedOut" | "forbidden" | "missing" | "conflict" | "tooMany" | "tooLarge" | "invalid" | "server"} kind
 * @property {string} title   what happened
 * @property {string} advice  what to do next
 * @property {string} detail  the server's own words, for those who want them; may be empty
 * @property {Record<string, string>} fields  words beside the fields they are about
 * @property {Record<string, string>} codes   the server's stable words for the same, by field
 * @property {Record<string, Record<string, any>>} params  what belongs to them: a line, a limit
 * @property {Record<string, string>} details  what the server said of each field
 */

const kinds = { 0: "offline", 400: "invalid", 401: "signedOut", 403: "forbidden", 404: "missing", 409: "conflict", 413: "tooLarge", 429: "tooMany", 502: "offline", 503: "offline", 504: "offline" };

/** @param {any} error what was thrown @returns {Trouble} */
export function explain(error) {
  if (error?.isAbort || error?.name === "AbortError") return { kind: "aborted", title: "", advice: "", detail: "", fields: {}, codes: {}, params: {}, details: {} };
  // A fault of ours, not of a request: there is no status.
  if (typeof error?.status !== "number") console.error(error);
  const status = error?.status ?? 500;
  const kind = kinds[status] ?? "server";
  const wrong = Object.entries(error?.response?.data ?? {}).filter(([, item]) => item?.code);
  const code = wrong.map(([, item]) => item.code).find((item) => known(`code.${item}`));
  return {
    kind,
    title: code ? t(`code.${code}`) : t(`trouble.${kind}`),
    advice: code ? "" : t(`trouble.${kind}.advice`),
    detail: error?.response?.message ?? error?.message ?? "",
    fields: Object.fromEntries(wrong.map(([name, item]) => [name, fieldWords(name, item)])),
    codes: Object.fromEntries(wrong.map(([name, item]) => [name, item.code])),
    params: Object.fromEntries(wrong.map(([name, item]) => [name, item.params ?? {}])),
    details: Object.fromEntries(wrong.map(([name, item]) => [name, item.message ?? ""])),
  };
}

/**
 * The same with the words about fields in its advice: for a note that stands beside none of them.
 * @param {Trouble} trouble @returns {Trouble}
 */
export function inOneNote(trouble) {
  const words = [...new Set(Object.values(trouble.fields))].filter((one) => one !== trouble.title).join(" ");
  return words ? { ...trouble, advice: words } : trouble;
}

/**
 * Words for one field's error of PocketBase or of ours; some fields have words of their own.
 * @param {string} name @param {{code: string, message?: string, params?: Record<string, unknown>}} item
 */
function fieldWords(name, { code, message, params }) {
  const short = code.replace(/^validation_/, "");
  const key = [`field.${name}.${short}`, `field.${short}`, `code.${code}`].find(known);
  return key ? t(key, params) : (message ?? t("field.invalid_value"));
}

/**
 * Words for what the browser itself finds wrong with a control, in our language instead of the browser's.
 * @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} control
 */
export function controlWords(control) {
  const { validity } = control;
  if (validity.valid) return "";
  if (validity.customError) return control.validationMessage;
  if (validity.valueMissing) return t("field.required");
  if (validity.typeMismatch) return t(control.type === "email" ? "field.is_email" : "field.is_url");
  if (validity.tooShort) return t("field.min_text_constraint", { min: Number(control.getAttribute("minlength")) });
  if (validity.tooLong) return t("field.max_text_constraint", { max: Number(control.getAttribute("maxlength")) });
  if (validity.rangeUnderflow && control.type.startsWith("date")) return t("field.too_early");
  if (validity.rangeUnderflow) return t("field.min_number_constraint", { min: Number(control.getAttribute("min")) });
  if (validity.rangeOverflow) return t("field.max_number_constraint", { max: Number(control.getAttribute("max")) });
  return t("field.invalid_value");
}
