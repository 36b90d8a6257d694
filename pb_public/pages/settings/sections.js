// What superusers can look at and set: the menu, and the page of each.

/** @typedef {import("../../routes.js").MenuItem & {key: string, page: () => Promise<{default: any}>, words: string[]}} Section */

/** @param {string} key @param {string} icon @param {() => Promise<{default: any}>} page @param {...string} words @returns {Section} */
const section = (key, icon, page, ...words) => ({ key, icon, page, words, path: `/settings/${key}`, for: "superuser", title: `settings.${key}` });

/** In the order of the menu. @type {Section[]} */
export const sections = [
  section("servers", "send", () => import("./servers.js"), "servers", "auth"),
  section("domains", "globe", () => import("./domains.js"), "domains"),
  section("bounces", "undo-2", () => import("./bounces.js"), "ways", "auth"),
  section("registration", "user-check", () => import("./registration.js"), "limits"),
  section("limits", "hourglass", () => import("./limits.js"), "limits"),
  section("backups", "rotate-ccw-clock", () => import("./backups.js"), "backups", "auth"),
  section("health", "shield", () => import("./health.js"), "health"),
];
