import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { href } from "../router.js";
import { Tabs } from "./tabs.js";

/** The two logs: what was handed to mail servers, and what came back. @param {{current: "attempts" | "bounces"}} props */
export function LogTabs({ current }) {
  const items = ["attempts", "bounces"].map((key) => ({ key, title: t(`bounces.tab.${key}`), href: href(`/${key}`) }));
  return html`<${Tabs} label=${t("nav.attempts")} current=${current} items=${items} />`;
}
