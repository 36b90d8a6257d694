import { html } from "../../html.js";
import { language, languages, speak, t } from "../../i18n/index.js";
import { instance } from "../../data/instance.js";
import { theme } from "../../data/theme.js";
import { href, place } from "../../router.js";
import { Brand } from "../brand.js";
import { Button } from "../button.js";
import { Menu } from "../menu.js";
import { OfflineBanner } from "./offline-banner.js";
import { Outlet } from "./outlet.js";
import { themeIcons } from "./user-menu.js";

/** Around the pages that need no sign-in. */
export function GuestFrame() {
  const { path } = place.value;
  return html`
    <div class="guest">
      <header>
        <${Brand} />
        <div class="acts">
          <${Menu}
            label=${t("language")}
            items=${Object.keys(languages).map((code) => ({ title: languages[code], checked: language.value === code, run: () => speak(code) }))}
            opener=${(attributes) => html`<${Button} kind="quiet" icon="languages" label=${t("language")} ...${attributes} />`}
          />
          <${Menu}
            label=${t("theme")}
            items=${Object.keys(themeIcons).map((name) => ({ title: t(`theme.${name}`), icon: themeIcons[name], checked: theme.value === name, run: () => (theme.value = name) }))}
            opener=${(attributes) => html`<${Button} kind="quiet" icon=${themeIcons[theme.value]} label=${t("theme")} ...${attributes} />`}
          />
          ${path === "/" && html`<${Button} href=${href("/sign-in")}>${t("auth.signIn")}<//>`}
        </div>
      </header>
      <main id="main"><${OfflineBanner} /><${Outlet} /></main>
      <footer>${t("guest.foot")}${instance.value?.demo && html` · <a class="link" href=${href("/outbox")}>${t("nav.outbox")}</a>`}</footer>
    </div>
  `;
}
