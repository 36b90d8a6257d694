import { html } from "../../html.js";
import { known, number, t } from "../../i18n/index.js";
import { useAwaiting } from "../../data/home.js";
import { href, place } from "../../router.js";
import { sectionOf } from "../../routes.js";
import { Icon } from "../button.js";
import { Menu } from "../menu.js";
import { visibleMenu } from "./side-bar.js";

const places = 4;

/** The four parts used most, and the rest behind the fifth; on a phone. */
export function BottomBar() {
  const items = visibleMenu();
  const section = sectionOf(place.value.path);
  const first = items.slice(0, places);
  const rest = items.slice(places);
  const awaiting = useAwaiting();
  const note = (path) => (path === "/users" && awaiting > 0 ? t("nav.awaiting", { count: awaiting }) : undefined);
  const current = (path) => (path === section ? "page" : undefined);
  return html`
    <nav class="bottombar" aria-label=${t("nav.label")}>
      ${first.map(({ path, icon, title }) => html`<a key=${path} href=${href(path)} aria-current=${current(path)}><${Icon} name=${icon} /><span class="clip">${t(known(`${title}.short`) ? `${title}.short` : title)}</span></a>`)}
      ${rest.length > 0 &&
      html`<${Menu}
        label=${t("nav.more")}
        items=${rest.map(({ path, icon, title }) => ({ title: t(title), icon, note: note(path), href: note(path) ? href(path, { state: "awaiting" }) : href(path) }))}
        opener=${(attributes) => html`<button type="button" aria-current=${rest.some(({ path }) => path === section) ? "true" : undefined} ...${attributes}><${Icon} name="ellipsis" /><span>${t("nav.more")}</span>${awaiting > 0 && html`<span class="count run" title=${t("nav.awaiting", { count: awaiting })}>${number(awaiting)}</span>`}</button>`}
      />`}
    </nav>
  `;
}
