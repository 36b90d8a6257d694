import { html, useState } from "../html.js";
import { fullTime, languages, t } from "../i18n/index.js";
import { asWritten } from "../data/idn.js";
import { readClient } from "../data/clients.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { suppressionsOf } from "../data/suppressions.js";
import { href } from "../router.js";
import { Address } from "../parts/mail-words.js";
import { Loaded } from "../parts/loaded.js";
import { OwnerName } from "../parts/owner.js";
import { Card, PageHead } from "../parts/page.js";
import { ClientBadge } from "../parts/badge.js";
import { shown } from "./clients/attributes.js";
import { ClientDialog } from "./clients/client-dialog.js";
import { CameBack } from "./client/came-back.js";
import { ClientActs } from "./client/acts.js";
import { ClientHistory } from "./client/history.js";
import { Consents } from "./client/consents.js";
import { ClientLists } from "./client/lists.js";
import { WhyNotMailed } from "./client/why-not-mailed.js";

/** One client: what is known, the lists, what was sent. @param {{id: string, query: Record<string, string>}} props */
export default function ClientPage({ id, query }) {
  const client = useQuery(["client", id], (signal) => readClient(id, signal));
  return html`
    ${!client.data && html`<${PageHead} title=${t("client")} crumb=${crumb()} />`}
    <${Loaded} query=${client}>${(data) => html`<${Shown} client=${data} query=${query} />`}<//>
  `;
}

const crumb = () => html`<a href=${href("/clients")}>${t("nav.clients")}</a>`;

/** @param {{client: import("../data/clients.js").Client, query: Record<string, string>}} props */
function Shown({ client, query }) {
  const [editing, edit] = useState(false);
  const { owner, email, full_name: name, status } = client;
  const own = owner === me.value.id;
  const suppressions = useQuery(["suppressions", "of", owner, email, status], (signal) => suppressionsOf(owner, email, signal));
  return html`
    <${PageHead} title=${name || asWritten(email)} crumb=${crumb()} badge=${html`<${ClientBadge} status=${status} />`} lead=${name && asWritten(email)}
      acts=${own && html`<${ClientActs} client=${client} suppressions=${suppressions.data} onEdit=${() => edit(true)} />`} />
    ${suppressions.data?.map((one) => html`<${WhyNotMailed} key=${one.id} suppression=${one} own=${own} />`)}
    <div class="two">
      <div class="stack loose">
        <${CameBack} client=${client} />
        <${ClientHistory} client=${client} suppressions=${suppressions.data} query=${query} />
      </div>
      <div class="stack loose">
        <${Facts} client=${client} own=${own} />
        <${ClientLists} client=${client} own=${own} />
        <${Consents} client=${client} />
      </div>
    </div>
    ${editing && html`<${ClientDialog} client=${client} onClose=${() => edit(false)} />`}
  `;
}

function Facts({ client: { owner, email, language, comment, attributes, created, expand }, own }) {
  const facts = [
    [t("client.email"), html`<${Address} email=${email} />`],
    ...Object.entries(attributes ?? {}).map(([name, value]) => [name, typeof value === "boolean" ? t(value ? "yes" : "no") : shown(value)]),
    language && [t("client.language"), languages[language] ?? language],
    comment && [t("client.comment"), comment],
    !own && [t("owner"), html`<${OwnerName} id=${owner} expand=${expand} />`],
    [t("client.created"), fullTime(created)],
  ].filter(Boolean);
  return html`
    <${Card} title=${t("client.facts")}>
      <dl class="facts-list">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    <//>
  `;
}
