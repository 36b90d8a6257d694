import { html, useEffect } from "../html.js";
import { dayClock, fullTime, known, number, t, when } from "../i18n/index.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { readCall } from "../data/transactional.js";
import { href } from "../router.js";
import { AttemptBadge } from "../parts/attempt-table.js";
import { Badge, RecipientBadge } from "../parts/badge.js";
import { kindTones } from "../parts/bounce-table.js";
import { Loaded } from "../parts/loaded.js";
import { Address, answerWords } from "../parts/mail-words.js";
import { OwnerName } from "../parts/owner.js";
import { Card, PageHead } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { Waiting } from "../parts/waiting.js";

/** While somebody waits, what becomes of the e-mail shows up by itself. */
const renewal = 3000;

/** One transactional e-mail: whom it went to, and every try. @param {{id: string}} props */
export default function TransactionalEmailPage({ id }) {
  const call = useQuery(["transactional", "one", id], (signal) => readCall(id, signal));
  const found = call.data;
  const waits = found?.waiting > 0;
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(() => document.hidden || call.reload(), renewal);
    return () => clearInterval(timer);
  }, [id, waits]);
  return html`
    <${PageHead} title=${found ? found.subject || t("transactional.noSubject") : t("transactional.email")} tab=${t("transactional.email")} crumb=${html`<a href=${href("/transactional")}>${t("transactional")}</a>`} />
    <${Loaded} query=${call}>${(shown) => html`<${Shown} call=${shown} />`}<//>
  `;
}

/** @param {{call: import("../data/transactional.js").History}} props */
function Shown({ call }) {
  const { owner, source, from_email: from, created, total, recipients, waiting_reason: reason } = call;
  const facts = [
    [t("transactional.from"), html`<${Address} email=${from} />`],
    [t("transactional.source"), t(`transactional.source.${source}`)],
    [t("transactional.accepted"), html`<span title=${fullTime(created)}>${when(created)}</span>`],
    total > 1 && [t("recipients"), number(total)],
    owner !== me.value.id && [t("owner"), html`<${OwnerName} id=${owner} />`],
  ].filter(Boolean);
  return html`
    ${reason && html`<${Waiting} mailing=${{ status: "running", waiting_reason: reason }} />`}
    <${Card}><dl class="facts-list across">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl><//>
    ${recipients.map((recipient) => html`<${Recipient} key=${recipient.id} recipient=${recipient} />`)}
  `;
}

/** @param {{recipient: import("../data/transactional.js").CallRecipient}} props */
function Recipient({ recipient }) {
  const { email, full_name: name, reason, attempts, bounces } = recipient;
  const events = [...attempts.map((attempt) => ({ attempt, ...attempt })), ...bounces.map((bounce) => ({ bounce, response: bounce.diagnostic, ...bounce }))]
    .sort((a, b) => (a.created < b.created ? -1 : 1))
    .map((event, i) => ({ id: String(i), ...event }));
  const columns = [
    { title: t("transactional.event"), phone: "head", cell: ({ attempt, bounce }) => (attempt ? html`<${AttemptBadge} attempt=${attempt} />` : html`<${Badge} tone=${kindTones[bounce.kind]}>${t(`bounce.kind.${bounce.kind}`)}<//>`) },
    { title: t("attempt.answer"), look: "said", cell: (event) => answerWords(event) },
    { title: t("attempt.time"), figures: true, phone: "side", cell: ({ created }) => html`<time class="faint" datetime=${created.replace(" ", "T")} title=${fullTime(created)}>${dayClock(created)}</time>` },
  ];
  const why = reason && known(`reason.${reason}`) && t(`reason.${reason}`);
  const title = html`<${Address} email=${email} />`;
  return html`
    <${Card} title=${title} label=${email} badge=${html`<${RecipientBadge} recipient=${recipient} />`} flush>
      ${(name || why) && html`<p class="inside muted">${[name, why].filter(Boolean).join(" · ")}</p>`}
      ${events.length > 0 ? html`<${Table} label=${t("transactional.history", { email })} columns=${columns} rows=${events} />` : html`<p class="inside muted">${t("transactional.untried")}</p>`}
    <//>
  `;
}
