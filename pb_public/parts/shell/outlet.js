import { html, useEffect, useErrorBoundary, useLayoutEffect, useState } from "../../html.js";
import { learn, t } from "../../i18n/index.js";
import { look, online } from "../../data/connection.js";
import { instance } from "../../data/instance.js";
import { isFor, me } from "../../data/session.js";
import { explain } from "../../data/trouble.js";
import { go, href, place, scrollPosition } from "../../router.js";
import { routesOf } from "../../routes.js";
import { Button } from "../button.js";
import { Empty } from "../empty.js";
import { Later } from "../later.js";
import { PageHead } from "../page.js";
import { Skeleton } from "../skeleton.js";
import { TroubleState } from "../trouble.js";

/** Modules of pages that were shown. @type {Map<unknown, any>} */
const loaded = new Map();

/** The page that the address names, or what stands in its way. */
export function Outlet() {
  const { path, query } = place.value;
  const candidates = routesOf(path).map((one) => ({ ...one, allowed: mayShow(one.route, query) }));
  const found = candidates.find(({ allowed }) => allowed === true) ?? candidates[0];
  const allowed = found?.allowed;
  useEffect(() => {
    if (typeof allowed !== "string") return;
    const signIn = { next: path === "/" ? "" : href(path, query).slice(1), as: found.route.for === "superuser" && path !== "/" && "superuser" };
    go(allowed, allowed === "/sign-in" ? signIn : {}, { replace: true });
  }, [allowed, path]);
  if (!found) return html`<${Obstacle} kind="missing" />`;
  if (allowed === false && found.route.for === "user") return html`<${Later} load=${() => import("../../pages/settings/for-users.js")} words="settings" />`;
  if (allowed === false) return html`<${Obstacle} kind=${found.route.for === "manager" ? "managers" : "missing"} />`;
  if (allowed === null || typeof allowed === "string") return html`<${Skeleton} />`;
  // Another record is another page: nothing of the last one's state may stay.
  return html`<${Page} key=${path} route=${found.route} params=${found.params} query=${query} />`;
}

/** true, false (not for this user), null (not known yet), or where to go instead. */
function mayShow(route, query) {
  if (route.for === "demo") return instance.value ? instance.value.demo : null;
  if (isFor(route.for)) return true;
  if (route.for === "guest") return nextOf(query);
  return me.value ? false : "/sign-in";
}

/** After signing in one gets where one wanted to go; only within the UI. */
function nextOf({ next = "" }) {
  return next.startsWith("/") ? next : "/";
}

/** A page in this place. @param {{route: import("../../routes.js").Route, params: Record<string, string>, query: Record<string, string>}} props */
export function Page({ route, params, query }) {
  const [module, setModule] = useState(loaded.get(route.page));
  const [trouble, setTrouble] = useState(null);
  const [error, resetError] = useErrorBoundary();
  const load = async () => {
    setTrouble(null);
    try {
      const [found] = await Promise.all([route.page(), learn(...(route.words ?? []))]);
      loaded.set(route.page, found);
      setModule(found);
    } catch (problem) {
      // A module that did not come is a broken line, whatever the browser calls it.
      look();
      setTrouble({ ...explain(Object.assign(new Error(problem.message), { status: 0 })), detail: problem.message });
    }
  };
  const connected = online.value;
  useEffect(() => {
    if (!module) load();
  }, [connected]);
  useLayoutEffect(() => {
    if (!module) return;
    scrollTo(0, scrollPosition());
    // Screen readers announce the new page by its heading; the first page is announced by its title.
    if (document.activeElement !== document.body && !document.activeElement?.matches("[autofocus]")) document.querySelector("main h1")?.focus({ preventScroll: true });
  }, [module]);
  if (error) return html`<${TroubleState} trouble=${explain(error)} retry=${resetError} />`;
  if (trouble) return html`<${TroubleState} trouble=${trouble} retry=${load} />`;
  if (!module) return html`<${Skeleton} />`;
  return html`<${module.default} ...${params} query=${query} />`;
}

/** No page is shown at this address: there is none, or it is for others. @param {{kind: "missing" | "managers" | "forUsers"}} props */
export function Obstacle({ kind }) {
  return html`
    <${PageHead} title=${t(`${kind}.title`)} />
    <div class="card"><${Empty} icon=${kind === "missing" ? "circle-question-mark" : "lock"} title=${t(`${kind}.head`)} acts=${html`<${Button} href=${href("/")}>${t("missing.home")}<//>`}>${t(`${kind}.text`)}<//></div>
  `;
}
