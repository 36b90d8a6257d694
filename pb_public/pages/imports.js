import { html } from "../html.js";
import { t, when } from "../i18n/index.js";
import { listImports } from "../data/imports.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { href, refine } from "../router.js";
import { Badge } from "../parts/badge.js";
import { Button } from "../parts/button.js";
import { ListPage } from "../parts/list-page.js";
import { OwnerFilter, ownerColumn } from "../parts/owner.js";
import { Table } from "../parts/table.js";

const perPage = 30;
const tones = { queued: "idle", running: "run", completed: "ok", failed: "bad", undone: "idle" };

/** Files that were imported, and checks of files. @param {{query: {owner?: string, before?: string, after?: string}}} props */
export default function ImportsPage({ query: { owner = "", before = "", after = "" } }) {
  const imports = useQuery(["imports", me.value.id, { owner, before, after }], (signal) => listImports({ owner, before, after, perPage }, signal));
  const create = html`<${Button} kind="primary" icon="upload" href=${href("/clients/import")}>${t("import.new")}<//>`;
  const tools = html`<${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value, before: "", after: "" })} />`;
  return html`
    <${ListPage} title=${t("imports.title")} crumb=${html`<a href=${href("/clients")}>${t("nav.clients")}</a>`} acts=${create} tools=${tools} query=${imports}
      none=${{ icon: "upload", title: t("imports.none"), text: t("imports.none.text"), acts: create }}>
      ${(rows) => html`<${Rows} imports=${rows} />`}
    <//>
  `;
}

function Rows({ imports }) {
  const columns = [
    { title: t("import.file"), phone: "head", cell: ({ file_name: name, expand }) => html`<span class="who"><b>${name}</b>${expand?.list && html`<small>${t("imports.list", { list: expand.list.name })}</small>`}</span>` },
    { title: t("imports.status"), phone: "side", cell: ({ status, dry_run: dryRun }) => html`<${Badge} tone=${dryRun ? "idle" : tones[status]}>${t(dryRun && status === "completed" ? "imports.dry" : `imports.status.${status}`)}<//>` },
    { title: t("imports.outcome"), cell: ({ added, changed, invalid, dry_run: dryRun }) => !dryRun && html`<span class="num">${t("imports.counts", { added, changed, invalid })}</span>` },
    ...ownerColumn(),
    { title: t("imports.time"), figures: true, cell: ({ created }) => html`<span class="faint">${when(created)}</span>` },
  ];
  return html`<${Table} label=${t("imports.title")} columns=${columns} rows=${imports} href=${({ id, dry_run: dryRun }) => href("/clients/import", { id, step: dryRun ? "check" : "" })} />`;
}
