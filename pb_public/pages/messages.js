import { html, useState } from "../html.js";
import { t, when } from "../i18n/index.js";
import { deleteMessage, duplicateMessage, formats, listMessages } from "../data/messages.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { go, here, href, refine } from "../router.js";
import { Badge } from "../parts/badge.js";
import { Button } from "../parts/button.js";
import { confirmDelete } from "../parts/delete.js";
import { ListPage, sortedBy } from "../parts/list-page.js";
import { Menu } from "../parts/menu.js";
import { NarrowSelect } from "../parts/field.js";
import { OwnerFilter, ownerColumn } from "../parts/owner.js";
import { Search } from "../parts/search.js";
import { Table } from "../parts/table.js";
import { toast, toastTrouble } from "../parts/toast.js";

const perPage = 30;
const everything = { search: "", format: "", owner: "", page: "" };

/** @param {{query: {search?: string, format?: string, owner?: string, sort?: string, page?: string}}} props */
export default function MessagesPage({ query }) {
  const { search = "", format = "", owner = "", sort = "" } = query;
  const page = Number(query.page) || 1;
  const messages = useQuery(["messages", me.value.id, { search, format, owner, sort, page }], (signal) => listMessages({ search, format, owner, sort, page, perPage }, signal));
  const create = html`<${Button} kind="primary" icon="plus" href=${href("/messages/new")}>${t("message.new")}<//>`;
  const tools = html`
    <${Search} value=${search} label=${t("messages.search")} onSearch=${(words) => refine({ search: words, page: "" })} />
    <${NarrowSelect} label=${t("message.format")} any=${t("messages.any")} value=${format} options=${formats.map((value) => ({ value, title: t(`format.${value}`) }))} onChange=${(value) => refine({ format: value, page: "" })} />
    <${OwnerFilter} value=${owner} onChange=${(value) => refine({ owner: value, page: "" })} />
  `;
  return html`
    <${ListPage} title=${t("nav.messages")} lead=${t("messages.lead")} acts=${create} tools=${tools} query=${messages} page=${page} perPage=${perPage}
      everything=${(search || format || owner) && everything} none=${{ icon: "mail", title: t("messages.none"), text: t("messages.none.text"), acts: create }}>
      ${(rows) => html`<${MessageTable} messages=${rows} sort=${sort} />`}
    <//>
  `;
}

function MessageTable({ messages, sort }) {
  const columns = [
    { title: t("message.name"), sort: "name", phone: "head", look: "wraps", cell: (message) => html`<span class="who"><b>${message.name || message.subject || t("message.unnamed")}</b><small class="clip">${message.subject || t("message.noSubject")}</small></span>` },
    { title: t("message.format"), phone: "line", cell: ({ format, attachments }) => html`<span class="row"><${Badge}>${t(`format.${format}`)}<//>${attachments.length > 0 && html`<span class="faint num">${t("message.files", { count: attachments.length })}</span>`}</span>` },
    ...ownerColumn(),
    { title: t("message.updated"), sort: "updated", figures: true, phone: "line", cell: ({ updated }) => html`<span class="faint">${when(updated)}</span>` },
    { title: t("do.more"), untitled: true, phone: "side", look: "acts", cell: (message) => html`<${RowMenu} message=${message} />` },
  ];
  return html`<${Table} label=${t("nav.messages")} columns=${columns} rows=${messages} ...${sortedBy(sort, "-updated")} href=${({ id }) => href(`/messages/${id}`)} />`;
}

function RowMenu({ message: { id, owner, name } }) {
  const [busy, duplicate] = useDuplicate(id, name);
  const items = [
    owner === me.value.id && { title: t("message.mail"), icon: "send", href: href("/mailings/new", { message: id }) },
    { title: t("do.duplicate"), icon: "copy", run: duplicate },
    owner === me.value.id && { title: t("do.delete"), icon: "trash", grave: true, apart: true, run: () => removeMessage(id, name) },
  ];
  return html`<${Menu} label=${t("do.more")} items=${items} opener=${(attributes) => html`<${Button} kind="quiet" small icon="ellipsis" busy=${busy} label=${t("message.more", { name })} ...${attributes} />`} />`;
}

/** Makes a copy and opens it; tells whether that is under way. @param {string} id @param {string} name @returns {[boolean, () => Promise<void>]} */
export function useDuplicate(id, name) {
  const [busy, setBusy] = useState(false);
  const duplicate = async () => {
    setBusy(true);
    const stillHere = here();
    try {
      const copy = await duplicateMessage(id, [...t("message.copyOf", { name })].slice(0, 200).join(""));
      toast(t("done.duplicate"));
      if (stillHere()) go(`/messages/${copy.id}`);
    } catch (error) {
      toastTrouble(error);
    }
    setBusy(false);
  };
  return [busy, duplicate];
}

/** Asks and deletes. @param {string} id @param {string} name @returns {Promise<boolean>} whether it is gone */
export const removeMessage = (id, name) => confirmDelete({ title: t("message.delete.title", { name }), text: t("message.delete.text") }, () => deleteMessage(id));
