import { html, useEffect, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { previewDraft } from "../../data/messages.js";
import { me } from "../../data/session.js";
import { newestMailable } from "../../data/clients.js";
import { useQuery } from "../../data/query.js";
import { explain, inOneNote } from "../../data/trouble.js";
import { ClientSelect } from "../../parts/client-select.js";
import { Note } from "../../parts/note.js";
import { Preview } from "../../parts/preview.js";
import { useSettled } from "../../parts/settled.js";
import { refine } from "../../router.js";
import { Skeleton } from "../../parts/skeleton.js";
import { TroubleNote } from "../../parts/trouble.js";
import { faultWords } from "./fault-words.js";
import { LetterChecks } from "./letter-checks.js";

/** How long typing has to rest before the mail is made again. */
const pause = 400;

/** What is wrong with a template, by the server's word for it. */
const faults = { broken_template: "template.broken", template_limit: "template.limit" };

/** @typedef {{field: string, line: number, words: string, detail: string}} Fault what is wrong with the template of a field: words for it, and what exactly */

/** What the server needs to make a mail of a message that is not saved. */
export const draftOf = ({ subject, preheader, format, body, text_body }, id, client) => ({ id, client, subject, preheader, format, body, text_body });

/**
 * The mail that a draft becomes, made anew as it changes. While a template is broken the last good one stays.
 * @param {any} values of the form @param {string} id of the message when it was saved before
 * @param {string | null} client "" is a made-up one; null: it is not known yet
 * @returns {{preview: import("../../data/mailings.js").Preview | null, trouble: any, fault: null | Fault, retry: () => void}}
 */
export function useLivePreview(values, id, client) {
  const [state, setState] = useState({ preview: null, trouble: null, fault: null });
  const [round, again] = useState(0);
  const wanted = useSettled(client !== null && JSON.stringify(draftOf(values, id, client)), state.preview ? pause : 0);
  useEffect(() => {
    if (!wanted) return;
    const request = new AbortController();
    const make = async () => {
      try {
        const preview = await previewDraft(JSON.parse(wanted), request.signal);
        setState({ preview, trouble: null, fault: null });
      } catch (error) {
        const trouble = explain(error);
        if (request.signal.aborted || trouble.kind === "aborted") return;
        const field = Object.keys(trouble.codes).find((name) => faults[trouble.codes[name]]);
        const fault = field ? { field, line: trouble.params[field].line ?? 0, words: faults[trouble.codes[field]], detail: faultWords(trouble.details[field].replace(/^Line \d+: |\.$/g, "")) } : null;
        setState((last) => ({ ...last, trouble: fault ? null : inOneNote(trouble), fault }));
      }
    };
    make();
    return () => request.abort();
  }, [wanted, round]);
  return { ...state, retry: () => again(round + 1) };
}

/** In the address: nobody real. */
const invented = "nobody";

/**
 * Whose mail is shown while a letter is written: one's newest client, so that values are real ones, until another is chosen.
 * The choice stands in the address, so that a save, which may change the page, keeps it.
 * @param {string} [as] of the address
 * @returns {[string | null, (id: string) => void]} "" is a made-up client, null not known yet
 */
export function useShownClient(as) {
  const newest = useQuery(as ? null : ["clients", "mailable", me.value.id], newestMailable);
  const shown = as ? (as === invented ? "" : as) : (newest.data ?? (newest.trouble ? "" : null));
  return [shown, (id) => refine({ as: id || invented })];
}

/** The mail beside the text it is made of. @param {{live: ReturnType<typeof useLivePreview>, blank: boolean, client: string | null, onClient: (id: string) => void}} props blank: nothing is written yet */
export function LivePreview({ live, blank, client, onClient }) {
  const { preview, trouble, fault, retry } = live;
  return html`
    <section class="look stack tight" aria-label=${t("editor.look")}>
      <${ClientSelect} owner=${me.value.id} value=${client ?? ""} shown=${preview?.client} invented onChange=${onClient} />
      <${TroubleNote} trouble=${trouble} retry=${retry} />
      ${fault && html`<${Note} tone="warn" live>${preview ? t("preview.lastGood") : t("preview.broken")}<//>`}
      ${preview?.checks && !blank && html`<${LetterChecks} checks=${preview.checks} />`}
      ${preview ? html`<${Preview} preview=${preview} />` : !trouble && !fault && html`<div class="preview"><${Skeleton} rows=${3} /></div>`}
    </section>
  `;
}
