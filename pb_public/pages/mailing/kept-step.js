import { useEffect, useMemo } from "../../html.js";
import { me } from "../../data/session.js";
import { useForm } from "../../parts/form.js";

/**
 * What was changed in a step and not saved yet, kept by the browser until it is: going back, a reload or a closed
 * window takes nothing along.
 * @typedef {{values: Record<string, any>, base: string}} Kept base: when the mailing was saved that it changes, "" for a new one
 */

const place = (id, step) => `gonets.wizard.${me.peek().id}.${id || "new"}.${step}`;

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
  const at = place(mailing.id, step);
  const base = mailing.id ? mailing.updated : "";
  const form = useForm(start, async (values) => {
    const wrong = faults(values);
    form.errors.value = wrong;
    if (Object.keys(wrong).length > 0) return;
    await onSave(toMailing(values));
    forget(at);
    form.settle();
  });
  useMemo(() => {
    const kept = read(at);
    if (kept?.base === base && suits(kept.values, start)) form.values.value = { ...start, ...kept.values };
  }, []);
  const values = form.values.value;
  useEffect(() => {
    if (form.busy.peek()) return;
    if (form.dirty()) keep(at, { values, base });
    else forget(at);
  }, [values, base]);
  useEffect(() => {
    control.current = {
      dirty: form.dirty,
      values: () => toMailing(form.values.peek()),
      saved: () => {
        forget(at);
        form.settle();
      },
    };
    return () => (control.current = null);
  });
  return form;
}

/** @typedef {{dirty: () => boolean, values: () => any, saved: () => void}} StepControl */

/** Steps with changes that could not be saved yet. @param {any} mailing @param {string[]} steps */
export const unsavedSteps = (mailing, steps) => steps.filter((step) => read(place(mailing.id, step))?.base === mailing.updated);

/** Somebody who comes with a message of their choice does not want the one of last time. */
const suits = (values, start) => !start.message || !("message" in values) || values.message === start.message;

/** @returns {Kept | null} */
function read(at) {
  try {
    return JSON.parse(localStorage.getItem(at) ?? "null");
  } catch {
    return null;
  }
}

function keep(at, kept) {
  try {
    localStorage.setItem(at, JSON.stringify(kept));
  } catch {
    // Storage is blocked or full: the step lasts as long as its page.
  }
}

function forget(at) {
  try {
    localStorage.removeItem(at);
  } catch {
    // Nothing was kept either.
  }
}
