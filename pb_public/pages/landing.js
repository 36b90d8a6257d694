import { html, useEffect } from "../html.js";
import { number, t } from "../i18n/index.js";
import { useHome } from "../data/home.js";
import { instance } from "../data/instance.js";
import { href } from "../router.js";
import { Button, Icon } from "../parts/button.js";
import { Figures } from "../parts/figures.js";
import { TroubleNote } from "../parts/trouble.js";
import { Sample } from "./landing/sample.js";

const promises = [
  { key: "state", icon: "list" },
  { key: "answer", icon: "scroll-text" },
  { key: "own", icon: "shield" },
];

/** Before signing in: what this is, in three sentences and three figures. */
export default function LandingPage() {
  const { data, trouble, reload } = useHome();
  useEffect(() => {
    document.title = t("brand");
  });
  const figure = (name) => data && number(data[name]);
  return html`
    <div class="landing">
      <div class="claim">
        <h1 tabindex="-1">${t("landing.title")}</h1>
        <p class="muted">${t("landing.lead")}</p>
        <div class="row">
          <${Button} kind="primary" href=${href("/sign-in")}>${t("auth.signIn")}<//>
          ${instance.value && instance.value.registration !== "closed" && html`<${Button} href=${href("/register")}>${t("auth.register")}<//>`}
        </div>
      </div>
      <${Sample} />
      ${trouble && !data
        ? html`<${TroubleNote} trouble=${trouble} retry=${reload} />`
        : html`<${Figures} items=${[
            { label: t("home.mailings"), value: figure("mailings") },
            { label: t("home.active"), value: figure("active_mailings") },
            { label: t("home.recipients"), value: figure("unique_recipients") },
          ]} />`}
      <ul class="promises">
        ${promises.map(({ key, icon }) => html`<li key=${key}><${Icon} name=${icon} /><h2>${t(`landing.${key}`)}</h2><p class="muted">${t(`landing.${key}.text`)}</p></li>`)}
      </ul>
    </div>
  `;
}
