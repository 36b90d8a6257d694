// What superusers can look at and set: the menu, and the page of each.

/** @typedef {import("../../routes.js").MenuItem & {key: string, page: () => Promise<{default: any}>, words: string[]}} Section */

/** @param {string} key @param {string} icon @param {() => Promise<{default: any}>} page @param {...string} words @returns {Section} */
const section = (key, icon, page, ...words) => ({ key, icon, page, words, path: `/settings/${key}`, for: "superuser", title: `settings.${key}` });

/** In the order of the menu. @type {Section[]} */
export const sections = [
  section("health", "shield", () => import("./health.js"), "health"),
];
