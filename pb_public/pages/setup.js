import { html, useEffect } from "../html.js";
import { t } from "../i18n/index.js";
import { isSuperuser } from "../data/session.js";
import { useSetup } from "../data/setup.js";
import { go, href } from "../router.js";
import { Button } from "../parts/button.js";
import { Loaded } from "../parts/loaded.js";
import { Card, PageHead } from "../parts/page.js";
import { Stepper } from "../parts/stepper.js";
import { DomainStep } from "./setup/domain.js";
import { MailStep } from "./setup/mail.js";
import { ManagerStep } from "./setup/manager.js";
import { RegistrationStep } from "./setup/registration.js";
import { ServiceStep } from "./setup/service.js";
import { FirstSuperuser } from "./setup/superuser.js";

/** The first start: by the token that the service has printed, and from then on signed in. @param {{token?: string, query: {step?: string}}} props */
export default function SetupPage({ token, query }) {
  const isIn = isSuperuser.value;
  useEffect(() => {
    if (token && isIn) go("/setup", {}, { replace: true });
  }, [token, isIn]);
  if (token) return isIn ? null : html`<${FirstSuperuser} token=${token} />`;
  return html`<${Steps} step=${query.step} />`;
}

const parts = { service: ServiceStep, mail: MailStep, domain: DomainStep, registration: RegistrationStep, manager: ManagerStep };

/** @param {{step?: string}} props */
function Steps({ step }) {
  const setup = useSetup();
  return html`
    <${PageHead} title=${t("setup.title")} lead=${t("setup.lead")} acts=${setup.data?.next && html`<${Button} href=${href("/")}>${t("setup.later")}<//>`} />
    <${Loaded} query=${setup} rows=${6}>${({ steps, next }) => html`<${Current} steps=${steps} current=${parts[step] ? step : step === "done" ? "done" : next || "done"} />`}<//>
  `;
}

function Current({ steps, current }) {
  const names = steps.map(({ name }) => name);
  const after = names[names.indexOf(current) + 1] ?? "done";
  const onward = () => go("/setup", { step: after });
  const Part = parts[current];
  return html`
    <div class="stack">
      <${Stepper} current=${current} steps=${steps.map(({ name, done }) => ({ key: name, title: t(`setup.${name}`), href: href("/setup", { step: name }), done }))} />
      ${Part ? html`<${Card} title=${t(`setup.${current}.title`)}><p class="muted">${t(`setup.${current}.text`)}</p><${Part} key=${current} onward=${onward} /><//>` : html`<${Done} steps=${steps} />`}
    </div>
  `;
}

function Done({ steps }) {
  const open = steps.filter(({ done }) => !done);
  return html`
    <${Card} title=${t(open.length > 0 ? "setup.open" : "setup.done")}>
      <p>${t(open.length > 0 ? "setup.open.text" : "setup.done.text")}</p>
      ${open.length > 0 && html`<ul>${open.map(({ name }) => html`<li key=${name}><a class="link" href=${href("/setup", { step: name })}>${t(`setup.${name}`)}</a></li>`)}</ul>`}
      <div><${Button} kind="primary" href=${href("/settings/health")}>${t("setup.health")}<//></div>
    <//>
  `;
}
