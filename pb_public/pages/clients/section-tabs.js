import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { href } from "../../router.js";
import { Tabs } from "../../parts/tabs.js";

/** Clients, the two ways to speak of many of them, and how they sign up. @param {{current: "clients" | "lists" | "filters" | "forms"}} props */
export function SectionTabs({ current }) {
  const items = ["clients", "lists", "filters", "forms"].map((key) => ({ key, title: t(`clients.tab.${key}`), href: href(`/${key}`) }));
  return html`<${Tabs} label=${t("nav.clients")} current=${current} items=${items} />`;
}
