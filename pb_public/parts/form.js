import { html, signal, useEffect, useMemo, useRef } from "../html.js";
import { learn, t } from "../i18n/index.js";
import { controlWords, explain, inOneNote } from "../data/trouble.js";
import { guardLeaving } from "../router.js";
import { ask } from "./ask.js";
import { TroubleNote } from "./trouble.js";

/**
 * What a form knows while it is filled in.
 * @template V
 * @typedef {object} FormState
 * @property {import("../vendor/signals-core-1.14.5.js").Signal<V>} values
 * @property {import("../vendor/signals-core-1.14.5.js").Signal<Record<string, string>>} errors  words beside fields
 * @property {import("../vendor/signals-core-1.14.5.js").Signal<import("../data/trouble.js").Trouble | null>} trouble
 * @property {import("../vendor/signals-core-1.14.5.js").Signal<boolean>} busy
 * @property {(name: string, value: unknown) => void} set
 * @property {() => boolean} dirty  whether something differs from the start; who asks while rendering is rendered again when that changes
 * @property {() => V} first  what it began with
 * @property {(saved?: V, sent?: V) => void} settle  take what was saved as the new start; what was typed since it was sent stays
 * @property {string} version  updated of the record that the values come from, "" for a new one
 * @property {null | import("../vendor/signals-core-1.14.5.js").Signal<any>} conflict  what somebody else has saved meanwhile, see conflict.js
 */

/**
 * The record behind a form, so that nobody overwrites what somebody else has saved meanwhile.
 * @typedef {object} Behind
 * @property {string} version  its updated, "" for a new one
 * @property {() => Promise<{version: string, values: any}>} reread  as it is saved now
 * @property {Record<string, {label: string, show?: (value: any) => unknown}>} fields  those that are compared, with their words
 */

/**
 * @template {Record<string, any>} V
 * @param {V} start @param {(values: V) => Promise<unknown>} submit @param {Behind} [behind]
 * @returns {FormState<V> & {submit: (values: V) => Promise<unknown>}}
 */
export function useForm(start, submit, behind) {
  const form = useMemo(() => newForm(start, behind?.version ?? ""), []);
  form.submit = submit;
  form.behind = behind;
  const version = behind?.version ?? "";
  useEffect(() => {
    // Read again, the record is shown as it is now, unless something of it is being changed.
    if (version <= form.version || form.dirty()) return;
    form.version = version;
    form.settle(start);
  }, [version]);
  return form;
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function newForm(start, version) {
  let first = start;
  const values = signal(start);
  const errors = signal({});
  return {
    values,
    errors,
    trouble: signal(null),
    busy: signal(false),
    set(name, value) {
      values.value = { ...values.peek(), [name]: value };
      if (errors.peek()[name]) errors.value = { ...errors.peek(), [name]: "" };
    },
    version,
    conflict: signal(null),
    dirty: () => !same(values.value, first),
    first: () => first,
    settle(saved = values.peek(), sent = values.peek()) {
      const now = values.peek();
      first = saved;
      values.value = Object.fromEntries(Object.keys({ ...now, ...saved }).map((name) => [name, same(now[name], sent[name]) ? saved[name] : now[name]]));
    },
  };
}

/**
 * Submits, and looks at what is in the way when the record was changed meanwhile (412): nothing, when that was about
 * other fields or made the same of them; else both versions are shown.
 */
async function submit(form) {
  try {
    await form.submit(form.values.peek());
  } catch (error) {
    if (error?.status !== 412 || !form.behind?.reread) throw error;
    const { version, values: theirs } = await form.behind.reread();
    const [mine, first] = [form.values.peek(), form.first()];
    form.version = version;
    const fields = Object.keys(form.behind.fields).filter((name) => !same(theirs[name], first[name]) && !same(theirs[name], mine[name]));
    if (fields.length === 0) return form.submit(form.values.peek());
    const [{ Conflict }] = await Promise.all([import("./conflict.js"), learn("conflict")]);
    form.conflict.value = { Conflict, theirs, fields };
  }
}

/**
 * A form: checks its controls, submits, puts the server's errors beside the fields they are about.
 * @param {object} props
 * @param {ReturnType<typeof useForm>} props.form
 * @param {boolean | string} [props.guarded]  ask before changes are left behind; a text says what becomes of them
 * @param {string[]} [props.handled]  names of errors that the page shows by itself
 */
export function Form({ form, guarded = false, handled = [], children, ...rest }) {
  const node = useRef(/** @type {HTMLFormElement | null} */ (null));
  const fields = () => [.../** @type {any} */ (node.current.elements)].filter((control) => control.name && control.willValidate);
  const changed = form.values.value && form.dirty();
  useEffect(() => {
    if (guarded && changed) return guardLeaving(() => askToLeave(guarded));
  }, [guarded, changed]);

  const onSubmit = async (event) => {
    event.preventDefault();
    // A dialog within this form has a form of its own, whose event comes here too.
    if (event.target !== node.current) return;
    if (form.busy.peek()) return;
    const errors = Object.fromEntries(fields().map((control) => [control.name, controlWords(control)]).filter(([, words]) => words));
    form.errors.value = errors;
    form.trouble.value = null;
    form.conflict.value = null;
    if (focusFirst(fields(), errors)) return;
    form.busy.value = true;
    try {
      await submit(form);
    } catch (error) {
      const trouble = explain(error);
      const named = new Set([...handled, ...fields().map((control) => control.name)]);
      const placed = Object.keys(trouble.fields).filter((name) => named.has(name));
      form.errors.value = trouble.fields;
      // Said beside its field it need not be said above the form too; what has no place here is said with the rest.
      if (placed.length === 0) form.trouble.value = inOneNote(trouble);
      requestAnimationFrame(() => node.current && focusFirst(fields(), trouble.fields));
    } finally {
      form.busy.value = false;
    }
  };
  return html`
    <form class="form" ref=${node} noValidate onSubmit=${onSubmit} ...${rest}>
      <${TroubleNote} trouble=${form.trouble.value} />
      ${form.conflict.value && html`<${form.conflict.value.Conflict} form=${form} onKeep=${() => node.current.requestSubmit()} />`}
      ${children}
    </form>
  `;
}

/** @param {boolean | string} [guarded] what will happen to the changes, when they will not be lost */
const askToLeave = (guarded = true) =>
  ask({ title: t("form.leave"), text: typeof guarded === "string" ? guarded : t("form.leave.text"), act: t("form.leave.act"), stay: t("form.leave.stay"), grave: guarded === true });

/** Closing a dialog with a form asks before typed things are lost. @param {{dirty: () => boolean}} form @param {() => void} onClose */
export const closing = (form, onClose) => async () => {
  if (!form.dirty() || (await askToLeave())) onClose();
};

function focusFirst(controls, errors) {
  const wrong = controls.find((control) => errors[control.name]);
  wrong?.focus();
  return Boolean(wrong);
}
