// All pages: their addresses, their modules, who may see them, where they stand in the menu.
import { signal } from "./html.js";
import { match } from "./router.js";

/**
 * @typedef {object} Route
 * @property {string} path  pattern; ":id" becomes a property of the page
 * @property {() => Promise<{default: any}>} page  the module is loaded when the page is first shown
 * @property {"anyone" | "guest" | "user" | "manager" | "superuser" | "demo"} for  "guest": not signed in; "user": owners and managers; "manager": superusers too; "demo": anyone, under demo only
 * @property {string[]} [words]  dictionaries beside the common one: i18n/ru/auth.js is "auth"
 * @property {string} [section]  the item of the menu that is lit, when it is not the path itself
 */

/** @type {Route[]} */
export const routes = [
  { path: "/", page: () => import("./pages/home.js"), for: "user" },
  { path: "/", page: () => import("./pages/landing.js"), for: "guest", words: ["auth"] },
  { path: "/kit", page: () => import("./pages/kit.js"), for: "anyone", words: ["auth", "mailings", "filters", "checks"] },

  { path: "/sign-in", page: () => import("./pages/auth/sign-in.js"), for: "guest", words: ["auth"] },
  { path: "/register", page: () => import("./pages/auth/register.js"), for: "guest", words: ["auth"] },
  { path: "/forgot", page: () => import("./pages/auth/forgot.js"), for: "guest", words: ["auth"] },
  { path: "/verify/:token", page: () => import("./pages/auth/verify.js"), for: "anyone", words: ["auth"] },
  { path: "/reset/:token", page: () => import("./pages/auth/reset.js"), for: "anyone", words: ["auth"] },
  { path: "/confirm-email/:token", page: () => import("./pages/auth/confirm-email.js"), for: "anyone", words: ["auth"] },

  { path: "/mailings", page: () => import("./pages/mailings.js"), for: "user", words: ["mailings"] },
  { path: "/mailings/new", page: () => import("./pages/mailing-wizard.js"), for: "user", words: ["mailings", "letter", "filters", "checks", "said"], section: "/mailings" },
  { path: "/mailings/:id/edit", page: () => import("./pages/mailing-wizard.js"), for: "user", words: ["mailings", "letter", "filters", "checks", "said"], section: "/mailings" },
  { path: "/mailings/:id", page: () => import("./pages/mailing.js"), for: "user", words: ["mailings", "letter", "filters", "said"], section: "/mailings" },

  { path: "/messages", page: () => import("./pages/messages.js"), for: "user", words: ["messages", "letter", "checks"] },
  { path: "/messages/new", page: () => import("./pages/message.js"), for: "user", words: ["messages", "letter", "checks", "said"], section: "/messages" },
  { path: "/messages/:id", page: () => import("./pages/message.js"), for: "user", words: ["messages", "letter", "checks", "said"], section: "/messages" },

  { path: "/outbox", page: () => import("./pages/outbox.js"), for: "demo", words: ["outbox", "letter"] },
  { path: "/outbox/:id", page: () => import("./pages/outbox-mail.js"), for: "demo", words: ["outbox", "letter"], section: "/outbox" },
  { path: "/profile", page: () => import("./pages/profile.js"), for: "user", words: ["auth", "profile"] },
  { path: "/webhooks", page: () => import("./pages/webhooks.js"), for: "user", words: ["webhooks"], section: "/profile" },
  { path: "/webhooks/:id", page: () => import("./pages/webhook.js"), for: "user", words: ["webhooks"], section: "/profile" },
  { path: "/clients", page: () => import("./pages/clients.js"), for: "user", words: ["clients", "filters"] },
  { path: "/clients/import", page: () => import("./pages/import.js"), for: "user", words: ["clients", "imports"], section: "/clients" },
  { path: "/clients/imports", page: () => import("./pages/imports.js"), for: "user", words: ["imports"], section: "/clients" },
  { path: "/clients/:id", page: () => import("./pages/client.js"), for: "user", words: ["clients", "attempts", "bounces", "suppressions", "said"], section: "/clients" },
  { path: "/lists", page: () => import("./pages/lists.js"), for: "user", words: ["clients"], section: "/clients" },
  { path: "/filters", page: () => import("./pages/filters.js"), for: "user", words: ["clients", "filters"], section: "/clients" },
  { path: "/forms", page: () => import("./pages/forms.js"), for: "user", words: ["clients", "forms"], section: "/clients" },
  { path: "/forms/new", page: () => import("./pages/form.js"), for: "user", words: ["clients", "forms", "mailings"], section: "/clients" },
  { path: "/forms/:id", page: () => import("./pages/form.js"), for: "user", words: ["clients", "forms", "mailings"], section: "/clients" },
  { path: "/suppressions", page: () => import("./pages/suppressions.js"), for: "user", words: ["suppressions"] },
  { path: "/attempts", page: () => import("./pages/attempts.js"), for: "user", words: ["attempts", "bounces", "said"] },
  { path: "/bounces", page: () => import("./pages/bounces.js"), for: "user", words: ["attempts", "bounces", "said"], section: "/attempts" },
  { path: "/transactional", page: () => import("./pages/transactional.js"), for: "user", words: ["attempts", "bounces", "transactional"], section: "/attempts" },
  { path: "/transactional/:id", page: () => import("./pages/transactional-email.js"), for: "user", words: ["attempts", "bounces", "mailings", "said", "transactional"], section: "/attempts" },
  { path: "/statistics", page: () => import("./pages/statistics.js"), for: "user", words: ["statistics", "bounces", "rates"] },
  { path: "/users", page: () => import("./pages/users.js"), for: "manager", words: ["users"] },

  { path: "/", page: () => import("./pages/settings/overview.js"), for: "superuser", words: ["settings", "health", "setup"] },
  { path: "/setup", page: () => import("./pages/setup.js"), for: "superuser", words: ["setup", "servers", "domains", "auth"] },
  { path: "/setup/:token", page: () => import("./pages/setup.js"), for: "anyone", words: ["setup", "servers", "domains", "auth"] },
  { path: "/settings/:section", page: () => import("./pages/settings.js"), for: "superuser", words: ["settings"] },
  { path: "/settings/:section/:id", page: () => import("./pages/settings.js"), for: "superuser", words: ["settings"] },
];

/**
 * @typedef {object} MenuItem
 * @property {string} path
 * @property {string} icon
 * @property {string} title  key of its words
 * @property {Route["for"]} [for]  "user" when it is not said
 * @property {boolean} [second]  in the lower group
 */

/** @type {MenuItem[]} */
export const menu = [
  { path: "/", icon: "house", title: "nav.home", for: "anyone" },
  { path: "/mailings", icon: "send", title: "nav.mailings" },
  { path: "/messages", icon: "mail", title: "nav.messages" },
  { path: "/clients", icon: "users", title: "nav.clients" },
  { path: "/statistics", icon: "chart-column", title: "nav.statistics" },
  { path: "/attempts", icon: "scroll-text", title: "nav.attempts" },
  { path: "/suppressions", icon: "ban", title: "nav.suppressions" },
  { path: "/users", icon: "user-cog", title: "nav.users", for: "manager", second: true },
  { path: "/outbox", icon: "inbox", title: "nav.outbox", for: "demo", second: true },
];

/** What superusers can set, for their menu: pages/settings/sections.js has it, and comes when one of them signs in. @type {import("./vendor/signals-core-1.14.5.js").Signal<MenuItem[]>} */
export const settings = signal([]);

/** The routes of a path and the parameters in it: one page for guests and one for users may share an address. @param {string} path */
export function routesOf(path) {
  return routes.map((route) => ({ route, params: match(route.path, path) })).filter(({ params }) => params);
}

/** The item of the menu that a path belongs to. @param {string} path */
export function sectionOf(path) {
  const { route, params } = routesOf(path)[0] ?? {};
  if (params?.section) return `/settings/${params.section}`;
  return route?.section ?? route?.path ?? "";
}
