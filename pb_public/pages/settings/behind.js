import { t } from "../../i18n/index.js";
import { readDecisions, readSettings, saveDecisions, saveSettings } from "../../data/settings.js";

/** @typedef {import("../../parts/form.js").Behind} Behind */

/** How a box that is ticked or not is shown beside another version. @param {string} label */
export const ticked = (label) => ({ label, show: (value) => t(value ? "yes" : "no") });

/**
 * PocketBase's settings behind a form.
 * @param {import("../../data/settings.js").Settings} settings @param {(settings: any) => any} start  what the form begins with
 * @param {Behind["fields"]} fields @returns {Behind}
 */
export const behindSettings = (settings, start, fields) => ({
  version: settings.version,
  reread: async () => {
    const found = await readSettings();
    return { version: found.version, values: start(found) };
  },
  fields,
});

/** One version for both: later ones are greater. */
const both = (decided, settings) => `${decided.updated}|${settings.version}`;

/**
 * The record instance and PocketBase's settings behind one form.
 * @param {import("../../data/settings.js").Decisions} decided @param {import("../../data/settings.js").Settings} settings
 * @param {(decided: any, settings: any) => any} start @param {Behind["fields"]} fields @returns {Behind}
 */
export const behindBoth = (decided, settings, start, fields) => ({
  version: both(decided, settings),
  reread: async () => {
    const [now, found] = await Promise.all([readDecisions(), readSettings()]);
    return { version: both(now, found), values: start(now, found) };
  },
  fields,
});

/**
 * Save what a form says of either. The form's version is then that of what was saved.
 * @param {{version: string}} form @param {{decided?: {id: string} & Record<string, any>, settings?: Record<string, any>}} changes
 */
export async function saveBoth(form, { decided, settings }) {
  let [ours, theirs] = form.version.split("|");
  if (settings) theirs = (await saveSettings(settings, theirs)).version;
  form.version = `${ours}|${theirs}`;
  if (decided) ours = (await saveDecisions(decided, ours)).updated;
  form.version = `${ours}|${theirs}`;
}
