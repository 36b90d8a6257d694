import { html, signal, useEffect, useMemo, useState } from "../html.js";
import { learn, t, when } from "../i18n/index.js";
import { keep, keptBelow, ownKey } from "../data/kept.js";
import { Button } from "./button.js";
import { Note } from "./note.js";

/**
 * What was changed in a form and not saved yet, kept by the browser: going back, a reload, a closed window or a lost
 * session takes nothing along. Every form that is shown keeps its own, so that two windows do not overwrite each other.
 * @typedef {{values: Record<string, any>, base: string, at: number}} Draft
 *   base: what was saved then, of the record that it changes, "" for a new one; at: milliseconds since 1970
 */

/** In milliseconds: storage is not written at every key. */
const pause = 600;

/** Drafts of one form that are kept; the oldest go first. */
const most = 5;

/**
 * Keeps the values of a form while they differ from what is saved. What an earlier visit left is put into the form at once
 * or offered.
 * @param {object} options
 * @param {string} options.key      where drafts of this form are kept
 * @param {string} options.base     what is saved: a version, or the values themselves
 * @param {any} options.form
 * @param {string[]} options.names  fields that are kept
 * @param {boolean} [options.asks]  never put into the form unasked; else only when something else was saved since
 * @param {(values: Record<string, any>) => boolean} [options.suits]  whether what was kept may be put into the form
 * @returns {DraftState}
 */
export function useDraft({ key, base, form, names, asks = false, suits = () => true }) {
  const own = useMemo(() => ownKey(key), [key]);
  const found = useMemo(() => {
    const drafts = draftsOf(key).filter(([, { values }]) => differ(values, form.values.peek(), names) && suits(values));
    const [[from, newest] = ["", null]] = drafts;
    if (newest && !asks && newest.base === base) {
      put(form, newest);
      move(from, own, newest);
      return signal(null);
    }
    return signal(newest && { ...newest, from });
  }, []);
  const values = form.values.value;
  const store = () => {
    if (!form.dirty()) return keep(own, null);
    keep(own, { values: Object.fromEntries(names.map((name) => [name, form.values.peek()[name]])), base, at: Date.now() });
    for (const [old] of draftsOf(key).slice(most)) keep(old, null);
  };
  useEffect(() => {
    if (!form.dirty()) return keep(own, null);
    const timer = setTimeout(store, pause);
    return () => clearTimeout(timer);
  }, [values, base]);
  useEffect(() => {
    // What was typed in the last moment is kept too.
    addEventListener("pagehide", store);
    return () => {
      removeEventListener("pagehide", store);
      store();
    };
  }, [key, base]);
  return {
    base,
    found: found.value,
    restore: () => {
      const { from, ...draft } = found.peek();
      put(form, draft);
      move(from, own, draft);
      found.value = null;
    },
    drop: () => {
      for (const [old, { at }] of draftsOf(key)) if (at <= found.peek().at) keep(old, null);
      found.value = null;
    },
    forget: () => form.dirty() || keep(own, null),
  };
}

/**
 * @typedef {object} DraftState
 * @property {string} base  what is saved now
 * @property {null | (Draft & {from: string})} found  what an earlier visit left and is offered
 * @property {() => void} restore
 * @property {() => void} drop
 * @property {() => void} forget  after a save: nothing is left to be kept, unless something was typed meanwhile
 */

/** Offers what an earlier visit left. @param {{draft: DraftState}} props */
export function DraftNote({ draft: { base, found, restore, drop } }) {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    if (found) learn("drafts").then(() => setReady(true), () => {});
  }, [Boolean(found)]);
  if (!found || !ready) return null;
  const acts = html`<${Button} small onClick=${restore}>${t("draft.restore")}<//><${Button} small kind="quiet" onClick=${drop}>${t("draft.drop")}<//>`;
  return html`<${Note} tone="warn" live acts=${acts}><b>${t("draft.found", { when: when(found.at) })}</b> ${found.base === base ? t("draft.found.text") : t("draft.older")}<//>`;
}

/** Drafts of a form, the newest first. @param {string} key @returns {[string, Draft][]} */
export const draftsOf = (key) => keptBelow(key).filter(([, draft]) => draft?.values).sort(([, a], [, b]) => b.at - a.at);

const put = (form, draft) => (form.values.value = { ...form.values.peek(), ...draft.values });

function move(from, to, draft) {
  keep(to, draft);
  keep(from, null);
}

const differ = (kept, values, names) => names.some((name) => kept[name] !== undefined && JSON.stringify(kept[name]) !== JSON.stringify(values[name]));
