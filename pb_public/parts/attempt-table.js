import { html } from "../html.js";
import { dayClock, duration, fullTime, number, t } from "../i18n/index.js";
import { mailingNames } from "../data/attempts.js";
import { useQuery } from "../data/query.js";
import { href } from "../router.js";
import { Address, answerWords } from "./mail-words.js";
import { Badge } from "./badge.js";
import { ownerColumn } from "./owner.js";
import { reason } from "./reasons.js";
import { Table } from "./table.js";

const tones = { success: "ok", failure: "bad", uncertain: "warn" };

/** How one try ended. @param {{attempt: import("../data/attempts.js").Attempt}} props */
export function AttemptBadge({ attempt }) {
  const title = attempt.status === "failure" ? reason(attempt) : undefined;
  // A 4xx is a failure of this try only: the mail will be tried again.
  const tone = attempt.status === "failure" && attempt.code >= 400 && attempt.code < 500 ? "warn" : tones[attempt.status];
  return html`<${Badge} tone=${tone} title=${title}>${t(`attempt.status.${attempt.status}`)}<//>`;
}

/**
 * Tries with the servers' answers.
 * @param {{attempts: import("../data/attempts.js").Attempt[], label: string, ofClient?: boolean}} props ofClient: all are one client's, so the mailing is what tells them apart
 */
export function AttemptTable({ attempts, label, ofClient = false }) {
  const ids = [...new Set(attempts.map(({ mailing }) => mailing))].sort();
  const names = useQuery(["mailingNames", ids], (signal) => mailingNames(ids, signal));
  const mailing = ({ mailing: id, client }) => (names.data?.[id] ? html`<a class=${ofClient ? "strong" : ""} href=${href(`/mailings/${id}`)}>${names.data[id]}</a>` : client ? html`<span class="faint">${names.data ? t("attempt.mailing.gone") : " "}</span>` : html`<a href=${href(`/transactional/${id}`)}>${t("attempt.transactional")}</a>`);
  const who = ({ email, client }) => (client ? html`<a class="strong" href=${href(`/clients/${client}`)}><${Address} email=${email} /></a>` : html`<span class="strong"><${Address} email=${email} /></span>`);
  const time = {
    title: t("attempt.time"),
    figures: true,
    phone: "line",
    cell: ({ created, duration_ms: took, try: count }) => html`
      <time class="faint" datetime=${created.replace(" ", "T")} title=${`${fullTime(created)}, ${took < 1000 ? t("attempt.ms", { ms: took }) : duration(took / 1000)}`}>${dayClock(created)}${count > 1 && html` · ${t("attempt.try", { count: number(count) })}`}</time>
    `,
  };
  const columns = [
    { title: ofClient ? t("mailing") : t("attempt.to"), phone: "head", look: "who-mailed", cell: (attempt) => (ofClient ? mailing(attempt) : html`<span class="who">${who(attempt)}<small class="clip">${mailing(attempt)}</small></span>`) },
    { title: t("attempt.status"), phone: "side", cell: (attempt) => html`<${AttemptBadge} attempt=${attempt} />` },
    { title: t("attempt.answer"), look: "said", cell: (attempt) => answerWords(attempt) },
    ...(ofClient ? [] : ownerColumn()),
    time,
  ];
  return html`<${Table} label=${label} columns=${columns} rows=${attempts} />`;
}
