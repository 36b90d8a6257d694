// Messages: reusable letters.
import { api, pb, where } from "./pb.js";
import { me } from "./session.js";

/**
 * @typedef {object} Message
 * @property {string} id
 * @property {string} owner
 * @property {string} name
 * @property {string} subject
 * @property {string} preheader
 * @property {"html" | "markdown" | "text"} format
 * @property {string} body
 * @property {string} text_body
 * @property {string[]} attachments  file names
 * @property {string} created
 * @property {string} updated
 */

/** One's own messages whose name or subject contains the words, the latest first. @param {string} search @param {AbortSignal} [signal] @returns {Promise<Message[]>} */
export async function findMessages(search, signal) {
  const filter = where("owner = {:owner}", { owner: me.peek().id }) + (search && ` && (${where("name ~ {:search} || subject ~ {:search}", { search })})`);
  return (await pb.collection("messages").getList(1, 30, { filter, sort: "-updated", skipTotal: true, fields: "id,name,subject,format,updated", signal })).items;
}

/** The mail that a draft would become, without saving it. @param {Partial<Message> & {client?: string}} draft @param {AbortSignal} [signal] */
export const previewDraft = (draft, signal) => api("/messages/preview", { method: "POST", body: draft, signal });
