import { html } from "../html.js";
import { bytes, t, when } from "../i18n/index.js";
import { asWritten } from "../data/idn.js";
import { emptyOutbox, listOutbox } from "../data/outbox.js";
import { useQuery } from "../data/query.js";
import { useEvery } from "../data/renewal.js";
import { me } from "../data/session.js";
import { href, refine } from "../router.js";
import { ask } from "../parts/ask.js";
import { Badge } from "../parts/badge.js";
import { Button } from "../parts/button.js";
import { ListPage } from "../parts/list-page.js";
import { Note } from "../parts/note.js";
import { Search } from "../parts/search.js";
import { Table } from "../parts/table.js";
import { toast, toastTrouble } from "../parts/toast.js";

const perPage = 30;

/** @type {Record<string, "ok" | "bad" | "warn">} */
export const tones = { accepted: "ok", refused: "bad", unanswered: "warn" };

/** What the demo's mail server has caught instead of delivering it. @param {{query: {search?: string, page?: string}}} props */
export default function OutboxPage({ query }) {
  const { search = "" } = query;
  const page = Number(query.page) || 1;
  const mails = useQuery(["outbox", { search, page }], (signal) => listOutbox({ search, page, perPage }, signal));
  // New mails show up by themselves: nobody should have to press F5 while waiting for a link.
  useEvery(mails.reload);
  const empty = async () => {
    if (!(await ask({ title: t("outbox.empty.title"), text: t("outbox.empty.text"), act: t("outbox.empty"), grave: true }))) return;
    emptyOutbox().then(() => toast(t("outbox.emptied")), toastTrouble);
  };
  const acts = me.value && mails.data?.totalItems > 0 && html`<${Button} icon="trash" onClick=${empty}>${t("outbox.empty")}<//>`;
  return html`
    <${ListPage} title=${t("nav.outbox")} lead=${t("outbox.lead")} acts=${acts} crumb=${!me.value && html`<a href=${href("/sign-in")}>${t("auth.signIn")}</a>`}
      tools=${html`<${Search} value=${search} label=${t("outbox.search")} onSearch=${(words) => refine({ search: words, page: "" })} />`} query=${mails} page=${page} perPage=${perPage}
      everything=${search && { search: "", page: "" }} none=${{ icon: "inbox", title: t("outbox.none"), text: t("outbox.none.text") }} after=${!me.value && html`<${Note}>${t("outbox.guest")}<//>`}>
      ${(rows) => html`<${MailTable} mails=${rows} />`}
    <//>
  `;
}

function MailTable({ mails }) {
  const columns = [
    { title: t("outbox.mail"), phone: "head", cell: ({ subject, to }) => html`<span class="who"><b>${subject || t("outbox.noSubject")}</b><small class="clip">${to.join(", ")}</small></span>` },
    { title: t("outbox.from"), phone: "none", cell: ({ from }) => html`<span class="faint">${asWritten(from)}</span>` },
    { title: t("outbox.answer"), phone: "side", cell: ({ status }) => html`<${Badge} tone=${tones[status]}>${t(`outbox.${status}`)}<//>` },
    { title: t("outbox.size"), figures: true, phone: "none", cell: ({ size }) => bytes(size) },
    { title: t("outbox.at"), figures: true, phone: "line", cell: ({ at }) => html`<span class="faint">${when(at)}</span>` },
  ];
  return html`<${Table} label=${t("nav.outbox")} columns=${columns} rows=${mails} href=${({ id }) => href(`/outbox/${id}`)} />`;
}
