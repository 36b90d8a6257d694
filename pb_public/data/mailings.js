// Mailings: reading, preparing, and the verbs that start and stop them.
import { useEffect } from "../html.js";
import { listenMailings } from "./live.js";
import { api, ifMatch, pb, where } from "./pb.js";
import { amend, shows, stale } from "./query.js";
import { all, ownedBy, wordsIn } from "./search.js";
import { isManager, me } from "./session.js";

/** @typedef {"created" | "scheduled" | "running" | "paused" | "completed" | "cancelled"} Status */
/** @typedef {"pending" | "sending" | "sent" | "failed" | "uncertain" | "skipped" | "deferred" | "bounced"} RecipientState */

/** @typedef {"none" | "daily" | "weekly" | "monthly"} Repeat */

/** @type {Repeat[]} */
export const repeats = ["none", "daily", "weekly", "monthly"];

/** @type {Status[]} */
export const statuses = ["created", "scheduled", "running", "paused", "completed", "cancelled"];

/**
 * @typedef {object} Mailing
 * @property {string} id
 * @property {string} owner
 * @property {string} name
 * @property {string} message
 * @property {Status} status
 * @property {boolean} blocked
 * @property {boolean} public  in the archive
 * @property {string} block_reason
 * @property {string} sender
 * @property {string} from_name
 * @property {string} reply_to
 * @property {"everyone" | "lists" | "picked"} audience
 * @property {string[]} lists
 * @property {string[]} recipients
 * @property {string} filter
 * @property {string} starts_at
 * @property {string} ends_at
 * @property {string} timezone
 * @property {Repeat} repeat
 * @property {string} parent         the repeated mailing that this is an occurrence of
 * @property {string} occurrence_at
 * @property {number} total
 * @property {number} sent
 * @property {number} failed
 * @property {number} uncertain
 * @property {number} skipped
 * @property {number} deferred
 * @property {number} bounced     came back after it was sent
 * @property {number} complained  of those sent
 * @property {string} started_at
 * @property {string} finished_at
 * @property {null | {code: string, until?: string, detail?: string}} waiting_reason
 * @property {string} created
 * @property {string} updated
 * @property {number} [per_second]  only while it is heard of
 * @property {any} [expand]
 */

const mailings = () => pb.collection("mailings");

/**
 * One page of mailings, the newest first.
 * @param {{page: number, perPage: number, search: string, status: string, owner: string, sort: string}} wanted @param {AbortSignal} [signal]
 * @returns {Promise<{items: Mailing[], page: number, perPage: number, totalItems: number}>}
 */
export function listMailings({ page, perPage, search, status, owner, sort }, signal) {
  return mailings().getList(page, perPage, {
    filter: all(ownedBy(owner), status && where("status = {:status}", { status }), wordsIn(["name"], search)),
    sort: sort || "-created",
    expand: "lists,owner",
    signal,
  });
}

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<Mailing>} */
export const readMailing = (id, signal) => mailings().getOne(id, { expand: "message,lists,sender,owner", signal });

/** Running, paused and scheduled ones, for the home page. @param {AbortSignal} [signal] */
export function currentMailings(signal) {
  const filter = all(ownedBy(watched()), "(status = 'running' || status = 'paused' || status = 'scheduled')");
  return mailings().getList(1, 10, { filter, sort: "-started_at,starts_at", skipTotal: true, signal });
}

/** Whose mailings the home page is about: one's own, and everybody's for a manager. */
function watched() {
  return isManager.peek() ? "" : me.peek()?.id;
}

/** The last finished ones. @param {AbortSignal} [signal] */
export function finishedMailings(signal) {
  const filter = all(ownedBy(watched()), "status = 'completed'");
  return mailings().getList(1, 5, { filter, sort: "-finished_at", skipTotal: true, signal });
}

/**
 * Names of the latest mailings that were launched, and of one more, for choosing one.
 * @param {string} owner "" is everybody @param {string} also an id, may be "" @param {AbortSignal} [signal] @returns {Promise<Pick<Mailing, "id" | "name">[]>}
 */
export async function launchedMailings(owner, also, signal) {
  const filter = all(ownedBy(owner), where("(total > 0 || id = {:also})", { also }));
  return (await mailings().getList(1, 200, { filter, sort: "-started_at", fields: "id,name", skipTotal: true, signal })).items;
}

/** The last mailings that a repeated one has made. @param {string} id @param {AbortSignal} [signal] @returns {Promise<{items: Mailing[]}>} */
export const occurrencesOf = (id, signal) => mailings().getList(1, 20, { filter: where("parent = {:id}", { id }), sort: "-occurrence_at", skipTotal: true, signal });

/** Whether it is sent again and again. @param {Pick<Mailing, "repeat">} mailing */
export const isRepeated = ({ repeat }) => Boolean(repeat) && repeat !== "none";

/** Create or change a prepared mailing. @param {Partial<Mailing>} values @param {string} [version]  that was changed @returns {Promise<Mailing>} */
export async function saveMailing({ id, ...values }, version) {
  const saved = id ? await mailings().update(id, values, ifMatch(version)) : await mailings().create(values);
  // The next step begins with this version.
  amend("mailing", (mailing) => (mailing.id === saved.id ? { ...mailing, ...saved } : mailing));
  stale("mailings", "mailing", "home", "preflight", "preview");
  return saved;
}

/** @param {string} id */
export async function deleteMailing(id) {
  await mailings().delete(id);
  stale("mailings", "home");
}

/**
 * Do something with a mailing: send, schedule, pause, resume, cancel, retry, accept, extend, duplicate, block, unblock.
 * @param {string} id @param {string} verb @param {Record<string, unknown>} [body] @param {Record<string, string>} [headers]
 */
export async function act(id, verb, body, headers) {
  const answer = await api(`/mailings/${id}/${verb}`, { method: "POST", body, headers });
  stale("mailings", "mailing", "recipients", "timeline", "joined", "home");
  return answer;
}

/** @typedef {{code: string, level: "error" | "warning" | "ok", detail: Record<string, any>}} Check */

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<{ok: boolean, checks: Check[]}>} */
export const preflight = (id, signal) => api(`/mailings/${id}/preflight`, { signal });

/** @typedef {{subject: string, preheader: string, html: string, text: string, source: string, client: {id: string, email: string, full_name: string}, checks?: Check[]}} Preview client: whose mail it is, without an id when made up; checks: of a draft */

/** The mail as one client gets it. @param {string} id @param {string} client "" is the first of the audience @param {AbortSignal} [signal] @returns {Promise<Preview>} */
export const previewMailing = (id, client, signal) => api(`/mailings/${id}/preview`, { query: client ? { client } : {}, signal });

/** Send it to any address now; answers the server's words. @param {string} id @param {string[]} to @param {string} key  the same for a click that is repeated */
export const testMailing = (id, to, key) => api(`/mailings/${id}/test`, { method: "POST", body: { to }, headers: { "Idempotency-Key": key } });

/**
 * @typedef {object} Recipient
 * @property {string} client
 * @property {string} email
 * @property {RecipientState} state
 * @property {number} tries
 * @property {string} next_try_at
 * @property {number} code
 * @property {string} enhanced_code
 * @property {string} response
 * @property {string} reason  why it is in this state, a stable word
 * @property {string} at
 */

/**
 * @param {string} id @param {{state: string, search: string, page: number, perPage: number}} wanted @param {AbortSignal} [signal]
 * @returns {Promise<{page: number, perPage: number, totalItems: number, items: Recipient[]}>}
 */
export const listRecipients = (id, wanted, signal) => api(`/mailings/${id}/recipients`, { query: wanted, signal });

/** @typedef {{state: "failed" | "bounced" | "deferred" | "uncertain", code: number, enhanced_code: string, text: string, reason: string, recipients: number}} Answer */

/** Send once more to one recipient who has not got it for sure. @param {string} id @param {Recipient} recipient @returns {Promise<{recipients: number}>} */
export const retryOne = (id, { client, state }) => act(id, "retry", { states: [state], recipients: [client] });

/** Send once more to all who got the same answer. @param {string} id @param {Answer} answer @returns {Promise<{recipients: number}>} */
export const retryAnswer = (id, { state, code, enhanced_code, text, reason }) => act(id, "retry", { states: [state], answer: { code, enhanced_code, text, reason } });

/** Whether its owner may send to some of its recipients once more. @param {Pick<Mailing, "status" | "blocked" | "ends_at">} mailing */
export const isRetriable = ({ status, blocked, ends_at: end }) => ["running", "paused", "completed"].includes(status) && !blocked && !(end && new Date(end.replace(" ", "T")) < new Date());

/** The states that somebody is queued again from. @type {RecipientState[]} */
export const retried = ["failed", "uncertain", "bounced"];

/** What servers said to those who have not got their mail, the same together. @param {string} id @param {AbortSignal} [signal] @returns {Promise<{items: Answer[], capped: boolean}>} */
export const answersOf = (id, signal) => api(`/mailings/${id}/answers`, { signal });

/**
 * @typedef {object} MailingEvent
 * @property {string} at
 * @property {string} ended  when a wait was over
 * @property {string} kind
 * @property {null | {kind: "owner" | "manager" | "superuser" | "token" | "cli" | "engine", id: string, name: string}} actor
 * @property {Record<string, any>} detail
 */

/** What happened to a mailing, the oldest first. @param {string} id @param {AbortSignal} [signal] @returns {Promise<{items: MailingEvent[]}>} */
export const timelineOf = (id, signal) => api(`/mailings/${id}/timeline`, { signal });

/** How many have joined the audience of a completed mailing since it was launched. @param {string} id @param {AbortSignal} [signal] @returns {Promise<{count: number}>} */
export const joinedSince = (id, signal) => api(`/mailings/${id}/joined`, { signal });

/** @typedef {Pick<Mailing, "audience" | "lists" | "recipients" | "filter">} Audience */

/** How many an audience reaches. @param {Audience} audience @param {AbortSignal} [signal] @returns {Promise<{count: number, capped: boolean, suppressed: number, sample: {email: string, full_name: string}[]}>} */
export const countAudience = (audience, signal) => api("/audience/count", { method: "POST", body: audience, signal });

/** What of a mailing is still to be sent. @param {Pick<Mailing, "total" | "sent" | "failed" | "uncertain" | "skipped" | "bounced">} mailing */
export const left = (mailing) => Math.max(0, mailing.total - mailing.sent - mailing.failed - mailing.uncertain - mailing.skipped - (mailing.bounced ?? 0));

/** Hear of mailings while a page shows them: what was read moves on with what is heard. */
export function useLiveMailings() {
  useEffect(() => listenMailings(move, catchUp), []);
}

/** How long what a page reads at first may take, in ms. */
const reading = 1000;

/** A mailing that was read as running may have ended before the server began to tell of it. */
function catchUp() {
  setTimeout(() => {
    const runs = (mailing) => mailing.status === "running";
    if (shows("mailing", runs) || shows("mailings", ({ items }) => items?.some(runs))) stale("mailing", "mailings");
  }, reading);
}

/** @param {import("./live.js").Progress} progress */
function move(progress) {
  let turned = false;
  let told = false; // something that its timeline tells
  const moved = (mailing) => {
    if (mailing.id !== progress.id) return mailing;
    turned ||= mailing.status !== progress.status;
    told ||= mailing.waiting_reason?.code !== progress.waiting_reason?.code || mailing.total !== progress.total || mailing.failed > progress.failed || mailing.uncertain > progress.uncertain;
    return { ...mailing, ...progress };
  };
  amend("mailing", moved);
  // Not every page keeps a list of them, and a page is heard for a moment after it was left.
  amend("mailings", (list) => (list.items ? { ...list, items: list.items.map(moved) } : list));
  // A new status brings more with it than counters: times, what may be done, what the home page says.
  if (turned) stale("mailings", "mailing", "recipients", "home");
  if (turned || told) stale("timeline");
}
