import { html } from "../../html.js";
import { country, fullTime, language, languages, number, t } from "../../i18n/index.js";
import { useQuery } from "../../data/query.js";
import { isSuperuser } from "../../data/session.js";
import { countsOf, readUser } from "../../data/users.js";
import { href } from "../../router.js";
import { Dialog } from "../../parts/dialog.js";
import { Loaded } from "../../parts/loaded.js";
import { Note } from "../../parts/note.js";
import { Approve, UserMenu } from "./acts.js";
import { UserBadges } from "./badges.js";

/** What is known about a user, over the list. @param {{id: string, onClose: () => void}} props */
export function UserDialog({ id, onClose }) {
  const user = useQuery(["users", "one", id], (signal) => readUser(id, signal));
  return html`
    <${Dialog} title=${user.data?.name || user.data?.email || t("user")} onClose=${onClose}>
      <${Loaded} query=${user} rows=${4}>${(found) => html`<${Shown} user=${found} />`}<//>
    <//>
  `;
}

/** @param {{user: import("../../data/users.js").SeenUser}} props */
function Shown({ user }) {
  const { id, email, phone, country: code, language: spoken, timezone, daily_quota: quota, transactional_quota: granted, created, blocked, block_reason: reason } = user;
  const counts = useQuery(["users", "has", id], (signal) => countsOf(id, signal));
  const has = (what) => counts.data && (isSuperuser.value ? number(counts.data[what]) : html`<a class="link" href=${href(`/${what}`, { owner: id })}>${number(counts.data[what])}</a>`);
  const facts = [
    [t("user.email"), email],
    phone && [t("user.phone"), phone],
    code && [t("user.country"), countryName(code)],
    spoken && [t("language"), languages[spoken] ?? spoken],
    timezone && [t("user.timezone"), timezone],
    [t("user.quota"), quota > 0 ? t("mails", { count: quota }) : t("user.quota.none")],
    [t("user.transactional"), granted > 0 ? t("mails", { count: granted }) : t("user.transactional.none")],
    [t("nav.mailings"), has("mailings")],
    [t("nav.messages"), has("messages")],
    [t("nav.clients"), has("clients")],
    [t("user.created"), fullTime(created)],
  ].filter(Boolean);
  return html`
    <div class="row far"><${UserBadges} user=${user} /><span class="row"><${Approve} user=${user} /><${UserMenu} user=${user} /></span></div>
    ${blocked && html`<${Note} tone="bad"><b>${t("user.blocked.why")}</b> ${reason}<//>`}
    <dl class="facts-list across">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  `;
}

/** Older profiles hold a name instead of a code. */
function countryName(code) {
  return /^[A-Z]{2}$/.test(code) && language.value ? country(code) : code;
}
