import { html } from "../html.js";
import { day, t } from "../i18n/index.js";
import { asWritten } from "../data/idn.js";
import { useQuery } from "../data/query.js";
import { countUsers, listUsers, userStates } from "../data/users.js";
import { href, refine } from "../router.js";
import { Avatar } from "../parts/avatar.js";
import { ListPage, sortedBy } from "../parts/list-page.js";
import { Search } from "../parts/search.js";
import { Table } from "../parts/table.js";
import { Tabs } from "../parts/tabs.js";
import { Approve, UserMenu } from "./users/acts.js";
import { UserBadges } from "./users/badges.js";
import { UserDialog } from "./users/user-dialog.js";

const perPage = 50;

/** Everybody with an account, for managers. @param {{query: {search?: string, state?: string, sort?: string, page?: string, user?: string}}} props */
export default function UsersPage({ query }) {
  const { search = "", state = "", sort = "" } = query;
  const page = Number(query.page) || 1;
  const users = useQuery(["users", "list", { search, state, sort, page }], (signal) => listUsers({ search, state, sort, page, perPage }, signal));
  const counts = useQuery(["users", "counts"], countUsers);
  const tabs = ["", ...userStates]
    .map((key) => ({ key, title: t(`users.state.${key || "all"}`), count: counts.data?.[key], href: href("/users", { state: key, search }) }))
    .filter(({ key, count }) => key === "" || key === state || count > 0);
  return html`
    <${ListPage} title=${t("nav.users")} lead=${t("users.lead")} tabs=${html`<${Tabs} label=${t("users.states")} current=${state} items=${tabs} />`}
      tools=${html`<${Search} value=${search} label=${t("users.search")} onSearch=${(words) => refine({ search: words, page: "" })} />`} query=${users} page=${page} perPage=${perPage}
      everything=${{ search: "", state: "", page: "" }} after=${query.user && html`<${UserDialog} id=${query.user} onClose=${() => refine({ user: "" })} />`}>
      ${(rows) => html`<${UserTable} users=${rows} sort=${sort} />`}
    <//>
  `;
}

function UserTable({ users, sort }) {
  const columns = [
    { title: t("user"), sort: "name", phone: "head", cell: (user) => html`<span class="person"><${Avatar} user=${user} /><span class="who"><b>${user.name || asWritten(user.email)}</b>${user.name && html`<small class="clip">${asWritten(user.email)}</small>`}</span></span>` },
    { title: t("user.state"), look: "of-person", cell: (user) => html`<${UserBadges} user=${user} />` },
    { title: t("user.created"), sort: "created", figures: true, phone: "none", cell: ({ created }) => html`<span class="faint">${day(created)}</span>` },
    { title: t("user.approve"), untitled: true, look: "acts of-person", cell: (user) => html`<${Approve} user=${user} />` },
    { title: t("do.more"), untitled: true, look: "acts", phone: "side", cell: (user) => html`<${UserMenu} user=${user} />` },
  ];
  return html`<${Table} label=${t("nav.users")} columns=${columns} rows=${users} ...${sortedBy(sort, "-created")} href=${({ id }) => href("/users", { ...usersQuery(), user: id })} />`;
}

/** What the address says of the list stays when a user is opened over it. */
const usersQuery = () => Object.fromEntries(new URLSearchParams(location.hash.split("?")[1] ?? ""));
