import { html } from "../html.js";
import { dayClock, fullTime, t } from "../i18n/index.js";
import { mailingNames } from "../data/attempts.js";
import { useQuery } from "../data/query.js";
import { href } from "../router.js";
import { Address, answerWords } from "./mail-words.js";
import { Badge } from "./badge.js";
import { ownerColumn } from "./owner.js";
import { Table } from "./table.js";

/** Colours of the kinds. @type {Record<import("../data/bounces.js").BounceKind, "bad" | "warn">} */
export const kindTones = { hard: "bad", soft: "warn", block: "bad", complaint: "warn" };

/**
 * Bounces and complaints: of which kind, and what the mail system said.
 * @param {{bounces: import("../data/bounces.js").Bounce[], label: string, ofClient?: boolean}} props ofClient: all are one client's, so the mailing is what tells them apart
 */
export function BounceTable({ bounces, label, ofClient = false }) {
  const ids = [...new Set(bounces.map(({ mailing }) => mailing))].sort();
  const names = useQuery(["mailingNames", ids], (signal) => mailingNames(ids, signal));
  const mailing = ({ mailing: id, client }) => (names.data?.[id] ? html`<a class=${ofClient ? "strong" : ""} href=${href(`/mailings/${id}`)}>${names.data[id]}</a>` : client ? html`<span class="faint">${names.data ? t("attempt.mailing.gone") : " "}</span>` : html`<a href=${href(`/transactional/${id}`)}>${t("attempt.transactional")}</a>`);
  const who = ({ email, client }) => (client ? html`<a class="strong" href=${href(`/clients/${client}`)}><${Address} email=${email} /></a>` : html`<span class="strong"><${Address} email=${email} /></span>`);
  const columns = [
    { title: ofClient ? t("mailing") : t("attempt.to"), phone: "head", look: "who-mailed", cell: (bounce) => (ofClient ? mailing(bounce) : html`<span class="who">${who(bounce)}<small class="clip">${mailing(bounce)}</small></span>`) },
    { title: t("bounce.kind"), phone: "side", cell: ({ kind }) => html`<${Badge} tone=${kindTones[kind]}>${t(`bounce.kind.${kind}`)}<//>` },
    {
      title: t("attempt.answer"),
      cell: ({ kind, code, enhanced_code, diagnostic }) => html`<span class="said">${answerWords({ code, enhanced_code, response: diagnostic })}</span><small class="faint why">${t(`bounce.means.${kind}`)}</small>`,
    },
    ...(ofClient ? [] : ownerColumn()),
    { title: t("attempt.time"), figures: true, phone: "line", cell: ({ created }) => html`<time class="faint" datetime=${created.replace(" ", "T")} title=${fullTime(created)}>${dayClock(created)}</time>` },
  ];
  return html`<${Table} label=${label} columns=${columns} rows=${bounces} />`;
}
