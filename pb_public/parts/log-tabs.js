import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { href } from "../router.js";
import { Tabs } from "./tabs.js";

/** The logs: what was handed to mail servers, what came back, and what programs have sent. @param {{current: "attempts" | "bounces" | "transactional"}} props */
export function LogTabs({ current }) {
  const items = ["attempts", "bounces", "transactional"].map((key) => ({ key, title: t(`bounces.tab.${key}`), href: href(`/${key}`) }));
  return html`<${Tabs} label=${t("nav.attempts")} current=${current} items=${items} />`;
}
