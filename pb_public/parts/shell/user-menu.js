import { html } from "../../html.js";
import { language, languages, speak, t } from "../../i18n/index.js";
import { isSuperuser, me, saveProfile, signOut } from "../../data/session.js";
import { theme } from "../../data/theme.js";
import { href, go } from "../../router.js";
import { Menu } from "../menu.js";
import { toastTrouble } from "../toast.js";

export const themeIcons = { system: "monitor", light: "sun", dark: "moon" };

/** Profile, theme, language, sign out. @param {{opener: (attributes: any) => unknown}} props */
export function UserMenu({ opener }) {
  const items = [
    !isSuperuser.value && { title: t("nav.profile"), icon: "user", href: href("/profile") },
    ...Object.keys(themeIcons).map((name, i) => ({ title: t(`theme.${name}`), icon: themeIcons[name], checked: theme.value === name, run: () => (theme.value = name), apart: i === 0 })),
    ...Object.keys(languages).map((code, i) => ({ title: languages[code], icon: "languages", checked: language.value === code, run: () => choose(code), apart: i === 0 })),
    { title: t("auth.signOut"), icon: "log-out", run: leave, apart: true },
  ];
  return html`<${Menu} opener=${opener} items=${items} label=${t("me.menu")} head=${me.value?.email} />`;
}

/** The choice is for this user on every device. */
async function choose(code) {
  await speak(code);
  saveProfile({ language: code }).catch(toastTrouble);
}

function leave() {
  signOut();
  go("/", {}, { replace: true });
}
