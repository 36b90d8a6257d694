import { html } from "../../html.js";
import { number, t } from "../../i18n/index.js";
import { useHealth } from "../../data/health.js";
import { useHome } from "../../data/home.js";
import { useQuery } from "../../data/query.js";
import { useSetup } from "../../data/setup.js";
import { countUsers } from "../../data/users.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { Figures } from "../../parts/figures.js";
import { Loaded } from "../../parts/loaded.js";
import { Note } from "../../parts/note.js";
import { Card, PageHead } from "../../parts/page.js";
import { AdminUI } from "./admin-ui.js";
import { Findings } from "./findings.js";
import { problemsIn } from "./health.js";

/** Home of a superuser: how the service does, and how much of it there is. */
export default function OverviewPage() {
  const home = useHome().data;
  const health = useHealth();
  const setup = useSetup().data;
  const users = useQuery(["users", "counts"], countUsers).data;
  const figure = (value) => value !== undefined && number(value);
  return html`
    <${PageHead} title=${t("overview.title")} tab=${t("nav.home")} lead=${t("overview.lead")} acts=${html`<${AdminUI} />`} />
    ${setup?.next && html`<${Note} acts=${html`<${Button} href=${href("/setup")}>${t("setup.continue")}<//>`}>${t("setup.continue.text")}<//>`}
    <${Figures} items=${[
      { label: t("nav.users"), value: figure(users?.[""]), href: href("/users"), note: users?.awaiting > 0 && html`<a class="link" href=${href("/users", { state: "awaiting" })}>${t("nav.awaiting", { count: users.awaiting })}</a>` },
      { label: t("home.mailings"), value: figure(home?.mailings) },
      { label: t("home.active"), value: figure(home?.active_mailings) },
      { label: t("home.recipients"), value: figure(home?.unique_recipients) },
    ]} />
    <${Loaded} query=${health} rows=${5}>${({ checks }) => html`
      <${Card} title=${t(problemsIn(checks) === 0 ? "health.fine" : "health.problems", { count: problemsIn(checks) })} right=${html`<a class="link" href=${href("/settings/health")}>${t("overview.health")}</a>`} flush>
        ${problemsIn(checks) === 0 ? html`<p class="inside muted">${t("overview.fine")}</p>` : html`<${Findings} findings=${checks.filter(({ level }) => level !== "ok")} />`}
      <//>
    `}<//>
  `;
}
