// Light, dark or as the system says. theme.js applies the stored choice before the first paint.
import { effect, signal } from "../html.js";

/** @typedef {"system" | "light" | "dark"} Theme */

const remembered = "gonets.theme";

/** @type {import("../vendor/signals-core-1.14.5.js").Signal<Theme>} */
export const theme = signal(/** @type {Theme} */ (document.documentElement.dataset.theme ?? "system"));

effect(() => {
  const chosen = theme.value;
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  try {
    localStorage.setItem(remembered, chosen);
  } catch {
    // Storage is blocked: the choice lasts until the page is closed.
  }
});
