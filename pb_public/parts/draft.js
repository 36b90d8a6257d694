import { signal, useEffect, useMemo } from "../html.js";
import { keep, readKept } from "../data/kept.js";

/**
 * What was changed in a form and not saved yet, kept by the browser: going back, a reload, a closed window or a lost
 * session takes nothing along.
 * @typedef {{values: Record<string, any>, base: string, at: number}} Draft
 *   base: when the record was saved that it changes, "" for a new one; at: milliseconds since 1970
 */

/** In milliseconds: storage is not written at every key. */
const pause = 600;

/**
 * Keeps the values of a form while they differ from what is saved.
 * @param {object} options
 * @param {string} options.key      where they are kept
 * @param {string} options.base     when the record was saved
 * @param {any} options.form
 * @param {string[]} options.names  fields that are kept
 * @param {boolean} [options.offered]  what an earlier visit left is offered; else it is put into the form at once, unless the record was saved since
 * @param {(values: Record<string, any>) => boolean} [options.suits]  whether what was kept may be put into the form
 * @returns {{found: Draft | null, restore: () => void, drop: () => void}} found: what is offered
 */
export function useDraft({ key, base, form, names, offered = false, suits = () => true }) {
  const found = useMemo(() => {
    const draft = differing(readKept(key), form.values.peek(), names);
    if (offered || !draft) return signal(offered ? draft : null);
    if (draft.base === base && suits(draft.values)) put(form, draft);
    return signal(null);
  }, []);
  const values = form.values.value;
  // What is offered must not be overwritten before it is answered.
  const waits = found.value !== null;
  const store = () => found.peek() === null && form.dirty() && keep(key, { values: picked(form.values.peek(), names), base, at: Date.now() });
  useEffect(() => {
    if (waits || form.busy.peek()) return;
    if (!form.dirty()) return keep(key, null);
    const timer = setTimeout(store, pause);
    return () => clearTimeout(timer);
  }, [values, waits, base]);
  useEffect(() => {
    // What was typed in the last moment is kept too.
    addEventListener("pagehide", store);
    return () => {
      removeEventListener("pagehide", store);
      store();
    };
  }, [key, base]);
  return {
    found: found.value,
    restore: () => {
      put(form, found.peek());
      found.value = null;
    },
    drop: () => {
      keep(key, null);
      found.value = null;
    },
  };
}

const picked = (values, names) => Object.fromEntries(names.map((name) => [name, values[name]]));

const put = (form, draft) => (form.values.value = { ...form.values.peek(), ...draft.values });

/** @param {Draft | null} draft @returns {Draft | null} */
function differing(draft, values, names) {
  return draft && names.some((name) => draft.values?.[name] !== undefined && JSON.stringify(draft.values[name]) !== JSON.stringify(values[name])) ? draft : null;
}
