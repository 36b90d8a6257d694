// Forms by which people sign up.
import { api, ifMatch, pb } from "./pb.js";
import { stale } from "./query.js";
import { ownedBy } from "./search.js";

/** @typedef {"text" | "choice" | "date" | "checkbox"} QuestionType */
/** @typedef {{name: string, label: string, type: QuestionType, required: boolean, choices?: string[]}} Question */
/**
 * @typedef {object} SignUpForm
 * @property {string} id
 * @property {string} owner
 * @property {string} name
 * @property {string[]} lists
 * @property {string} title
 * @property {string} text  Markdown
 * @property {Question[]} fields  beside the address
 * @property {string} consent_text
 * @property {"auto" | "ru" | "en"} language
 * @property {string} success_url
 * @property {boolean} active
 * @property {string} welcome_message
 * @property {string} sender
 * @property {string} confirm_subject
 * @property {string} confirm_text
 * @property {string} created
 * @property {string} updated
 * @property {any} [expand]
 */

/** @typedef {{shown: number, requested: number, confirmed: number}} Counts */

export const questionTypes = /** @type {QuestionType[]} */ (["text", "choice", "date", "checkbox"]);
export const mostQuestions = 20;

const forms = () => pb.collection("forms");

/** Those of an owner, or with "" all that one may see: an owner has a hundred at most. @param {string} owner @param {AbortSignal} [signal] @returns {Promise<SignUpForm[]>} */
export const formsOf = (owner, signal) => forms().getFullList({ filter: ownedBy(owner), sort: "-created", expand: "owner", signal });

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<SignUpForm>} */
export const readForm = (id, signal) => forms().getOne(id, { expand: "owner", signal });

/** @param {string} id  "" for a new one @param {Partial<SignUpForm>} values @param {string} [version]  that was changed @returns {Promise<SignUpForm>} */
export async function saveForm(id, values, version) {
  const saved = await (id ? forms().update(id, values, ifMatch(version)) : forms().create(values));
  stale("forms", "form");
  return saved;
}

/** @param {string} id */
export async function deleteForm(id) {
  await forms().delete(id);
  stale("forms", "form");
}

/** By UTC day. @param {string} id @param {AbortSignal} [signal] @returns {Promise<{totals: Counts, days: (Counts & {day: string})[]}>} */
export const figuresOf = (id, signal) => api(`/forms/${id}/figures`, { signal });

/** The page of a form that is not saved. @param {Partial<SignUpForm>} draft @param {AbortSignal} signal @returns {Promise<{html: string}>} */
export const previewForm = (draft, signal) => api("/forms/preview", { method: "POST", body: draft, signal });

/** The names and subjects of one's own messages. @param {AbortSignal} [signal] @returns {Promise<{id: string, name: string, subject: string}[]>} */
export const welcomeMessages = (owner, signal) => pb.collection("messages").getFullList({ filter: ownedBy(owner), sort: "name", fields: "id,name,subject", signal });
