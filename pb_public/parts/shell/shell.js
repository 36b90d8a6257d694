import { effect, html } from "../../html.js";
import { learn, t } from "../../i18n/index.js";
import { online } from "../../data/connection.js";
import { isSuperuser, me } from "../../data/session.js";
import { settings } from "../../routes.js";
import { Asker } from "../ask.js";
import { Toaster } from "../toast.js";
import { BottomBar } from "./bottom-bar.js";
import { GuestFrame } from "./guest-frame.js";
import { OfflineBanner } from "./offline-banner.js";
import { Outlet } from "./outlet.js";
import { SideBar } from "./side-bar.js";
import { TopBar } from "./top-bar.js";

// The menu of superusers is not what everybody should wait for.
effect(() => {
  if (!isSuperuser.value || !online.value || settings.peek().length > 0) return;
  Promise.all([import("../../pages/settings/sections.js"), learn("settings")]).then(([{ sections }]) => (settings.value = sections), ignore);
});

function ignore() {}

/** The frame around every page, and what may appear over any of them. */
export function Shell() {
  const user = me.value;
  return html`
    <a class="skip" href="#main" onClick=${skip}>${t("shell.skip")}</a>
    ${user ? html`<${Frame} key=${user.id} />` : html`<${GuestFrame} />`}
    <${Asker} />
    <${Toaster} />
  `;
}

function Frame() {
  return html`
    <div class="app">
      <${SideBar} />
      <div class="body">
        <div><${TopBar} /><${OfflineBanner} /></div>
        <main id="main" class="page"><${Outlet} /></main>
      </div>
      <${BottomBar} />
    </div>
  `;
}

/** The address is the page's place: a jump within the page must not change it. */
function skip(event) {
  event.preventDefault();
  document.querySelector("main h1")?.focus();
}
