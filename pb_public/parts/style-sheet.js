/** Sheets that were asked for, by address. @type {Map<string, Promise<void>>} */
const sheets = new Map();

/**
 * Looks that only some pages have, which the first page does not wait for: `await styleSheet("styles/editor.css")` at the top of such
 * a page's module. A sheet that does not come keeps no page back, and is asked for again by the next one.
 * @param {string} address below the base of the UI
 */
export function styleSheet(address) {
  const known = sheets.get(address);
  if (known) return known;
  const coming = new Promise((come) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    link.onload = () => come();
    link.onerror = () => (sheets.delete(address), link.remove(), come());
    document.head.append(link);
  });
  sheets.set(address, /** @type {Promise<void>} */ (coming));
  return coming;
}
