import { useEffect } from "../../html.js";
import { keyOf, readKept } from "../../data/kept.js";
import { useDraft } from "../../parts/draft.js";
import { useForm } from "../../parts/form.js";

const place = (id, step) => keyOf("wizard", id || "new", step);

/**
 * The form of a step. It begins with what was kept, if the mailing has not been saved since.
 * @param {object} options
 * @param {string} options.step
 * @param {any} options.mailing
 * @param {Record<string, any>} options.start
 * @param {(values: any) => any} options.toMailing  what of the mailing the values are
 * @param {(values: any) => Promise<void>} options.onSave
 * @param {(values: any) => Record<string, string>} [options.faults]  what is wrong that no control of its own can say, by field
 * @param {{current: null | StepControl}} options.control  gets the ways to leave this step
 */
export function useStepForm({ step, mailing, start, toMailing, onSave, faults = () => ({}), control }) {
  const form = useForm(start, async (values) => {
    const wrong = faults(values);
    form.errors.value = wrong;
    if (Object.keys(wrong).length > 0) return;
    await onSave(toMailing(values));
    saved();
  });
  // Somebody who comes with a message of their choice does not want the one of last time.
  const suits = (values) => !start.message || !("message" in values) || values.message === start.message;
  const draft = useDraft({ key: place(mailing.id, step), base: mailing.id ? mailing.updated : "", form, names: Object.keys(start), suits });
  const saved = () => {
    draft.drop();
    form.settle();
  };
  useEffect(() => {
    control.current = {
      dirty: form.dirty,
      values: () => toMailing(form.values.peek()),
      saved,
    };
    return () => (control.current = null);
  });
  return form;
}

/** @typedef {{dirty: () => boolean, values: () => any, saved: () => void}} StepControl */

/** Steps with changes that could not be saved yet. @param {any} mailing @param {string[]} steps */
export const unsavedSteps = (mailing, steps) => steps.filter((step) => readKept(place(mailing.id, step))?.base === mailing.updated);
