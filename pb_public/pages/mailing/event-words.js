// The timeline of a mailing in words.
import { html } from "../../html.js";
import { duration, moment, rich, t, when } from "../../i18n/index.js";
import { me } from "../../data/session.js";
import { href } from "../../router.js";
import { causeWords, waitingWords } from "../../parts/waiting.js";

/** @typedef {import("../../data/mailings.js").MailingEvent} MailingEvent */

/** @typedef {{tone: "idle" | "run" | "ok" | "warn" | "bad", words: unknown, more?: unknown}} Words */

/** By whom; what the engine does goes without saying. @param {MailingEvent["actor"]} actor */
export function whoOf(actor) {
  if (!actor || actor.kind === "engine") return "";
  if (actor.kind === "token") return t("timeline.by.token", { name: actor.name });
  if (actor.id && actor.id === me.value.id) return t("timeline.me");
  const role = t(`timeline.by.${actor.kind}`);
  return actor.name ? (actor.kind === "owner" ? actor.name : `${actor.name}, ${role}`) : role;
}

/** @param {MailingEvent} event @returns {Words} */
export function eventOf(event) {
  const { kind, detail, actor } = event;
  const tell = tellers[kind];
  if (tell) return tell(detail, event, actor?.kind === "engine");
  return { tone: "idle", words: kind };
}

const mailingLink = (id, name) => html`<a class="link" href=${href(`/mailings/${id}`)}>${name}</a>`;
const left = (count) => (count > 0 ? t("timeline.left", { count }) : undefined);

/** How many of each, as "9 …, 2 …", without those that nobody is. */
const counted = (detail, ...states) => states.filter((state) => detail[state] > 0).map((state) => t(`timeline.count.${state}`, { count: detail[state] })).join("\u00a0· ");

/** @type {Record<string, (detail: Record<string, any>, event: MailingEvent, byEngine: boolean) => Words>} */
const tellers = {
  created: () => ({ tone: "idle", words: t("timeline.created") }),
  copied: ({ from, name }) => ({ tone: "idle", words: rich("timeline.copied", { name: mailingLink(from, name) }) }),
  occurrence: ({ due }) => ({ tone: "idle", words: t("timeline.occurrence", { when: when(due) }) }),
  repeated: ({ mailing, due, missed }) => ({
    tone: "ok",
    words: mailingLink(mailing, t("timeline.repeated", { when: when(due) })),
    more: missed > 0 ? t("timeline.missed", { count: missed }) : undefined,
  }),
  scheduled: ({ starts_at: at }) => ({ tone: "idle", words: t("timeline.scheduled", { when: when(at) }) }),
  unscheduled: () => ({ tone: "idle", words: t("timeline.unscheduled") }),
  launched: ({ total, skipped, due }, event, byEngine) => ({
    tone: "run",
    words: t("timeline.launched", { count: total }),
    more: [due ? t("timeline.launched.late", { when: when(due) }) : byEngine && t("timeline.launched.planned"), skipped > 0 && t("timeline.launched.skipped", { count: skipped })].filter(Boolean).join(" ") || undefined,
  }),
  paused: ({ code, words, left: count }, event, byEngine) => ({ tone: "warn", words: t("timeline.paused"), more: byEngine && code ? sentences(code, words) : left(count) }),
  resumed: ({ left: count }) => ({ tone: "run", words: t("timeline.resumed"), more: left(count) }),
  cancelled: ({ code, words, left: count }, event, byEngine) => ({ tone: "bad", words: t("timeline.cancelled"), more: byEngine && code ? sentences(code, words) : count > 0 ? t("timeline.unmailed", { count }) : undefined }),
  blocked: ({ reason, paused }) => ({ tone: "bad", words: t(paused ? "timeline.blocked.paused" : "timeline.blocked"), more: reason }),
  unblocked: () => ({ tone: "idle", words: t("timeline.unblocked") }),
  retried: (detail) => ({ tone: "run", words: t("timeline.retried"), more: counted(detail, "failed", "uncertain", "bounced") }),
  accepted: ({ uncertain }) => ({ tone: "ok", words: t("timeline.accepted", { count: uncertain }) }),
  extended: ({ recipients, skipped }) => ({ tone: "run", words: t("timeline.extended", { count: recipients }), more: skipped > 0 ? t("timeline.launched.skipped", { count: skipped }) : undefined }),
  waiting: ({ code, words, times }, { at, ended }) => ({
    tone: ended ? "idle" : "warn",
    words: waitingWords(code).replace(/\.$/, ""),
    more: [causeWords(code, words), ended ? t("timeline.waited", { time: duration((moment(ended).getTime() - moment(at).getTime()) / 1000) }) : t("timeline.waits"), times > 1 && t("timeline.times", { count: times })]
      .filter(Boolean)
      .join(" "),
  }),
  interrupted: ({ recipients }) => ({ tone: "warn", words: t("timeline.interrupted"), more: t("timeline.interrupted.text", { count: recipients }) }),
  ended: ({ left: count }) => ({ tone: "warn", words: t("timeline.ended"), more: count > 0 ? t("timeline.unmailed", { count }) : undefined }),
  completed: (detail) => ({ tone: "ok", words: t("timeline.completed"), more: counted(detail, "sent", "bounced", "failed", "uncertain", "skipped") || undefined }),
};

const sentences = (code, detail) => [waitingWords(code), causeWords(code, detail)].filter(Boolean).join(" ");
