import { html, useEffect, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { previewForm } from "../../data/forms.js";
import { explain, inOneNote } from "../../data/trouble.js";
import { Button } from "../../parts/button.js";
import { LetterFrame } from "../../parts/letter-frame.js";
import { Card } from "../../parts/page.js";
import { useSettled } from "../../parts/settled.js";
import { Skeleton } from "../../parts/skeleton.js";
import { TroubleNote } from "../../parts/trouble.js";

/** How long typing has to rest before the page is made again, in milliseconds. */
const pause = 400;

/** The page of a form as it is being changed. @param {{values: any}} props of the editor */
export function FormPreview({ values: { name, title, text, fields, consent_text, language } }) {
  const [state, setState] = useState(/** @type {{page: string, trouble: any}} */ ({ page: "", trouble: null }));
  const [dark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  // A question without a name is still being written.
  const wanted = useSettled(JSON.stringify({ name, title, text, fields: fields.filter((field) => field.name), consent_text, language }), state.page ? pause : 0);
  useEffect(() => {
    const request = new AbortController();
    const make = async () => {
      try {
        setState({ page: (await previewForm(JSON.parse(wanted), request.signal)).html, trouble: null });
      } catch (error) {
        const trouble = explain(error);
        if (!request.signal.aborted && trouble.kind !== "aborted") setState((last) => ({ ...last, trouble: inOneNote(trouble) }));
      }
    };
    make();
    return () => request.abort();
  }, [wanted]);
  const look = html`<${Button} kind="quiet" small icon="moon" label=${t("forms.preview.dark")} aria-pressed=${dark} onClick=${() => setDark(!dark)} />`;
  return html`
    <div class="form-preview">
      <${Card} title=${t("forms.preview")} right=${look} flush>
        <${TroubleNote} trouble=${state.trouble} />
        ${state.page ? html`<${LetterFrame} letter=${state.page} title=${t("forms.preview")} dark=${dark} phone />` : !state.trouble && html`<div class="inside"><${Skeleton} rows=${6} /></div>`}
      <//>
    </div>
  `;
}
