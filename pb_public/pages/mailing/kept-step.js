import { html, useEffect } from "../../html.js";
import { keyOf } from "../../data/kept.js";
import { readMailing } from "../../data/mailings.js";
import { readMessage } from "../../data/messages.js";
import { useQuery } from "../../data/query.js";
import { draftsOf, useDraft } from "../../parts/draft.js";
import { useForm } from "../../parts/form.js";

const place = (id, step) => keyOf("wizard", id || "new", step);

/** What of a mailing each step is about. */
const fieldsOf = {
  message: ["name", "message", "sender", "from_name", "reply_to"],
  audience: ["audience", "lists", "recipients", "filter"],
  when: ["starts_at", "ends_at", "timezone", "repeat"],
};

/** What of a step is saved. A step that could not be saved outlives changes of the others. @param {any} mailing @param {string} step */
const savedOf = (mailing, step) => (mailing.id ? JSON.stringify(fieldsOf[step].map((name) => mailing[name] ?? "")) : "");

/**
 * The form of a step. It begins with what was kept, if the step has not been saved since.
 * @param {object} options
 * @param {"message" | "audience" | "when"} options.step
 * @param {any} options.mailing
 * @param {(mailing: any) => Record<string, any>} options.startOf  what the form begins with
 * @param {(values: any) => any} options.toMailing  what of the mailing the values are
 * @param {(values: any, version: string) => Promise<any>} options.onSave  resolves to the saved mailing
 * @param {() => void} options.onNext
 * @param {Record<string, {label: string, show?: (value: any) => unknown}>} options.words  of the fields, for comparing two versions
 * @param {(values: any) => Record<string, string>} [options.faults]  what is wrong that no control of its own can say, by field
 * @param {{current: null | StepControl}} options.control  gets the ways to leave this step
 */
export function useStepForm({ step, mailing, startOf, toMailing, onSave, onNext, words, faults = () => ({}), control }) {
  const start = startOf(mailing);
  /** Saves until nothing was typed meanwhile: the step is about to be left. */
  const save = async () => {
    do {
      const sent = form.values.peek();
      const saved = await onSave(toMailing(sent), form.version);
      form.version = saved.updated;
      form.settle(startOf(saved), sent);
    } while (form.dirty());
    form.draft.forget();
  };
  const form = useForm(
    start,
    async (values) => {
      const wrong = faults(values);
      form.errors.value = wrong;
      if (Object.keys(wrong).length > 0) return;
      await save();
      onNext();
    },
    {
      version: mailing.id ? mailing.updated : "",
      reread: async () => {
        const found = await readMailing(mailing.id);
        return { version: found.updated, values: startOf(found) };
      },
      fields: words,
    },
  );
  // Somebody who comes with a message of their choice does not want the one of last time.
  const suits = (values) => !start.message || !("message" in values) || values.message === start.message || Boolean(mailing.id);
  form.draft = useDraft({ key: place(mailing.id, step), base: savedOf(mailing, step), form, names: Object.keys(start), suits });
  useEffect(() => {
    control.current = {
      dirty: form.dirty,
      save,
    };
    return () => (control.current = null);
  });
  return form;
}

/** @typedef {{dirty: () => boolean, save: () => Promise<void>}} StepControl */

/** Steps with changes that could not be saved yet. @param {any} mailing @param {string[]} steps */
export const unsavedSteps = (mailing, steps) => steps.filter((step) => draftsOf(place(mailing.id, step)).some(([, { base }]) => base === savedOf(mailing, step)));

/** The name of a message by its id. @param {{id: string}} props */
export function MessageName({ id }) {
  const message = useQuery(["message", id], (signal) => readMessage(id, signal));
  return html`${message.data ? message.data.name || message.data.subject || "—" : ""}`;
}
