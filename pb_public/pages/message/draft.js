import { signal, useEffect, useMemo } from "../../html.js";
import { me } from "../../data/session.js";

/**
 * What was written and not saved yet, kept by the browser until it is saved or thrown away: a closed window or a
 * lost session takes nothing along. Files that were to be attached are not kept.
 * @typedef {{values: Record<string, any>, base: string, at: number}} Draft base: when the message was saved that it changes
 */

const pause = 600;
const kept = ["name", "subject", "preheader", "format", "body", "text_body"];

/**
 * Keeps the form's values while they differ from what is saved.
 * @param {string} id of the message, "" for a new one @param {string} updated when it was saved @param {any} form
 * @returns {{found: Draft | null, restore: () => void, drop: () => void}} found: what an earlier visit left
 */
export function useDraft(id, updated, form) {
  const place = `gonets.draft.${me.peek().id}.${id || "new"}`;
  const found = useMemo(() => signal(differing(read(place), form.values.peek())), []);
  const values = form.values.value;
  const offered = found.value !== null;
  useEffect(() => {
    // What is offered must not be overwritten before it is answered.
    if (offered) return;
    if (!form.dirty()) return remove(place);
    const timer = setTimeout(() => write(place, { values: picked(values), base: updated, at: Date.now() }), pause);
    return () => clearTimeout(timer);
  }, [values, offered, updated]);
  useEffect(() => {
    // Nothing typed in the last moment is lost by closing the window.
    const leave = () => found.peek() === null && form.dirty() && write(place, { values: picked(form.values.peek()), base: updated, at: Date.now() });
    addEventListener("pagehide", leave);
    return () => removeEventListener("pagehide", leave);
  }, [updated]);
  return {
    found: found.value,
    restore: () => {
      form.values.value = { ...form.values.peek(), ...found.peek().values };
      found.value = null;
    },
    drop: () => {
      remove(place);
      found.value = null;
    },
  };
}

const picked = (values) => Object.fromEntries(kept.map((name) => [name, values[name]]));

/** @param {Draft | null} draft */
function differing(draft, values) {
  return draft && kept.some((name) => draft.values?.[name] !== undefined && draft.values[name] !== values[name]) ? draft : null;
}

/** @returns {Draft | null} */
function read(place) {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "null");
  } catch {
    return null;
  }
}

function write(place, draft) {
  try {
    localStorage.setItem(place, JSON.stringify(draft));
  } catch {
    // Storage is blocked or full: the page itself still asks before it is left.
  }
}

function remove(place) {
  try {
    localStorage.removeItem(place);
  } catch {
    // Nothing was kept either.
  }
}
