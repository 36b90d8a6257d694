// Attributes of a client as text and back. They are JSON: a number stays a number, for filters compare it as one.

/** What a value looks like in a field. @param {unknown} value */
export const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** "city: Tver, age: 34", for a line in a table. @param {Record<string, unknown> | null} attributes */
export function attributeWords(attributes) {
  return Object.entries(attributes ?? {})
    .slice(0, 4)
    .map(([name, value]) => `${name}: ${shown(value)}`)
    .join(", ");
}

/**
 * What was meant by a typed text: what was there before when nothing was typed, a number or yes and no when the
 * text is exactly one, and else the text. "007" is no number: it would come back as 7.
 * @param {string} text @param {unknown} before
 */
export function meant(text, before) {
  if (before !== undefined && shown(before) === text) return before;
  const trimmed = text.trim();
  if (typeof before === "object" && before !== null) {
    try {
      return JSON.parse(trimmed);
    } catch {
      return text;
    }
  }
  if (trimmed === "true" || trimmed === "false") return trimmed === "true";
  return trimmed !== "" && String(Number(trimmed)) === trimmed && Number.isFinite(Number(trimmed)) ? Number(trimmed) : text;
}

/** Names that a message can use as {{ client.attributes.city }} and a filter as attributes.city. */
export const nameable = /^[\p{L}\p{N}_-]+$/u;
