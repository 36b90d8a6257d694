// Messages: reusable letters.
import { api, ifMatch, pb, where } from "./pb.js";
import { stale } from "./query.js";
import { all, ownedBy, wordsIn } from "./search.js";
import { me } from "./session.js";

/** @typedef {"html" | "markdown" | "text"} Format */

/** @type {Format[]} */
export const formats = ["html", "markdown", "text"];

/** What the server takes: files of a message, and bytes of each. */
export const mostAttachments = 10;
export const largestAttachment = 10 << 20;

/**
 * @typedef {object} Message
 * @property {string} id
 * @property {string} owner
 * @property {string} name
 * @property {string} subject
 * @property {string} preheader
 * @property {Format} format
 * @property {string} body
 * @property {string} text_body
 * @property {string[]} attachments  names of the stored files
 * @property {Record<string, string>} [attachment_names]  the names that their author gave them
 * @property {string} created
 * @property {string} updated
 * @property {any} [expand]
 */

const messages = () => pb.collection("messages");

/** One's own messages whose name or subject contains the words, the latest first. @param {string} search @param {AbortSignal} [signal] @returns {Promise<Message[]>} */
export async function findMessages(search, signal) {
  const filter = all(ownedBy(me.peek().id), wordsIn(["name", "subject"], search));
  return (await messages().getList(1, 30, { filter, sort: "-updated", skipTotal: true, fields: "id,name,subject,format,updated", signal })).items;
}

/**
 * One page of messages without their bodies; a manager sees everybody's.
 * @param {{page: number, perPage: number, search: string, format: string, owner: string, sort: string}} wanted @param {AbortSignal} [signal]
 * @returns {Promise<{items: Message[], page: number, perPage: number, totalItems: number}>}
 */
export function listMessages({ page, perPage, search, format, owner, sort }, signal) {
  return messages().getList(page, perPage, {
    filter: all(ownedBy(owner), format && where("format = {:format}", { format }), wordsIn(["name", "subject"], search)),
    sort: sort || "-updated",
    expand: "owner",
    fields: "id,owner,name,subject,format,attachments,updated,expand.owner.name,expand.owner.email",
    signal,
  });
}

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<Message>} */
export const readMessage = (id, signal) => messages().getOne(id, { expand: "owner", signal });

/**
 * Create or change a message.
 * @param {string} id  "" for a new one
 * @param {Partial<Message> & {added?: File[], removed?: string[]}} values  added and removed are attachments
 * @param {string} [version]  that was changed
 * @returns {Promise<Message>}
 */
export async function saveMessage(id, { added = [], removed = [], ...values }, version) {
  const body = { ...values, ...(added.length && { "attachments+": added }), ...(removed.length && { "attachments-": removed }) };
  const saved = id ? await messages().update(id, body, ifMatch(version)) : await messages().create(body);
  stale("messages", "message", "preflight", "preview", ...(id ? [] : ["home"]));
  return saved;
}

/** A new message with the same content and attachments. @param {string} id @param {string} name @returns {Promise<Message>} */
export async function duplicateMessage(id, name) {
  const source = await readMessage(id);
  const { subject, preheader, format, body, text_body } = source;
  const added = await Promise.all(source.attachments.map(async (file) => new File([await readAttachment(source, file)], attachmentName(source, file))));
  return saveMessage("", { name, subject, preheader, format, body, text_body, added });
}

/** @param {string} id */
export async function deleteMessage(id) {
  await messages().delete(id);
  stale("messages", "mailings", "mailing", "home");
}

/** Attachments are protected: a token of two minutes opens one. @param {Message} message @param {string} file @returns {Promise<Blob>} */
export async function readAttachment(message, file) {
  const token = await pb.files.getToken();
  const response = await fetch(pb.files.getURL(message, file, { token }));
  if (!response.ok) throw Object.assign(new Error(response.statusText), { status: response.status });
  return response.blob();
}

/**
 * The name that the author gave an attachment. PocketBase puts ten random characters into the names of files, and leaves
 * out what is not Latin: "menu_a1b2c3d4e5.pdf" was "menu.pdf". @param {Message} message @param {string} file
 */
export const attachmentName = (message, file) => message.attachment_names?.[file] ?? file.replace(/_[a-z0-9]{10}(?=\.[^.]*$|$)/i, "");

/** The mail that a draft would become, without saving it. @param {Partial<Message> & {client?: string}} draft @param {AbortSignal} [signal] @returns {Promise<import("./mailings.js").Preview>} */
export const previewDraft = (draft, signal) => api("/messages/preview", { method: "POST", body: draft, signal });

/** Markdown rewritten as HTML; tags of the template stay as they are. @param {string} body @returns {Promise<string>} */
export const htmlOfMarkdown = async (body) => (await api("/messages/html", { method: "POST", body: { body } })).body.trim();

/** HTML as plain text, as in the text part of a mail; tags of the template stay as they are. @param {string} body @returns {Promise<string>} */
export const textOfHTML = async (body) => (await api("/messages/text", { method: "POST", body: { body } })).body;

/** Send a draft to any address now; answers the server's words. @param {Partial<Message> & {client?: string}} draft @param {string[]} to @param {string} key  the same for a click that is repeated */
export const testDraft = (draft, to, key) => api("/messages/test", { method: "POST", body: { ...draft, to }, headers: { "Idempotency-Key": key } });
