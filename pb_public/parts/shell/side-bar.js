import { html } from "../../html.js";
import { number, t } from "../../i18n/index.js";
import { useAwaiting, useHome } from "../../data/home.js";
import { instance } from "../../data/instance.js";
import { isFor, isSuperuser, me } from "../../data/session.js";
import { href, place } from "../../router.js";
import { menu, sectionOf, settings } from "../../routes.js";
import { Avatar } from "../avatar.js";
import { Brand } from "../brand.js";
import { Icon } from "../button.js";
import { UserMenu } from "./user-menu.js";

/** The way to every part of the service, beside the page on wide screens. */
export function SideBar() {
  const items = menu.filter(mayOpen);
  const mine = useHome().data?.mine;
  const counts = { "/mailings": mine?.mailings, "/messages": mine?.messages, "/clients": mine?.unique_recipients, "/suppressions": mine?.suppressions };
  const awaiting = useAwaiting();
  const section = sectionOf(place.value.path);
  const link = ({ path, icon, title }) => html`
    <a key=${path} href=${path === "/users" && awaiting > 0 ? href(path, { state: "awaiting" }) : href(path)} aria-current=${path === section ? "page" : undefined}>
      <${Icon} name=${icon} />${t(title)}${path === "/users" && awaiting > 0 && html`<span class="count run" title=${t("nav.awaiting", { count: awaiting })}>${number(awaiting)}</span>`}${path === "/mailings" && mine?.active_mailings > 0
        ? html`<span class="count run" title=${t("nav.running", { count: mine.active_mailings })}>${number(mine.active_mailings)}</span>`
        : counts[path] > 0 && html`<span class="count">${number(counts[path])}</span>`}
    </a>
  `;
  const second = items.filter((item) => item.second);
  return html`
    <aside class="side">
      <${Brand} />
      <nav class="nav" aria-label=${t("nav.label")}>${items.filter((item) => !item.second).map(link)}</nav>
      ${isSuperuser.value && settings.value.length > 0 && html`<nav class="nav second" aria-label=${t("settings.title")}>${settings.value.map(link)}</nav>`}
      ${second.length > 0 && html`<nav class="nav second" aria-label=${t("nav.label.second")}>${second.map(link)}</nav>`}
      <${UserMenu}
        opener=${(attributes) => html`
          <button class="me" type="button" ...${attributes}>
            <${Avatar} user=${me.value} />
            <span class="who"><b class="clip">${me.value.name || me.value.email}</b>${me.value.name && html`<small class="clip">${me.value.email}</small>`}</span>
          </button>
        `}
      />
    </aside>
  `;
}

const mayOpen = (item) => (item.for === "demo" ? instance.value?.demo : isFor(item.for ?? "user"));

/** Items of the menu that the user may open. */
export const visibleMenu = () => [...menu.filter((item) => !item.second), ...(isSuperuser.value ? settings.value : []), ...menu.filter((item) => item.second)].filter(mayOpen);
