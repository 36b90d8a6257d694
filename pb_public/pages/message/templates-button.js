import { html, useEffect, useState } from "../../html.js";
import { language, t } from "../../i18n/index.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { LetterFrame } from "../../parts/letter-frame.js";
import { Skeleton } from "../../parts/skeleton.js";
import { toastTrouble } from "../../parts/toast.js";

/** Letters to begin with. Nothing that was written is replaced without asking. @param {{form: any}} props */
export function TemplatesButton({ form }) {
  const [open, setOpen] = useState(false);
  const choose = async ({ name, subject, preheader, body }) => {
    setOpen(false);
    const values = form.values.peek();
    if (values.body.trim() && !(await ask({ title: t("templates.replace"), text: t("templates.replace.text"), act: t("templates.use"), grave: true }))) return;
    form.values.value = { ...values, format: "html", body, name: values.name || name, subject: values.subject || subject, preheader: values.preheader || preheader };
  };
  return html`
    <${Button} kind="quiet" small icon="layout-template" onClick=${() => setOpen(true)}>${t("templates")}<//>
    ${open && html`<${Gallery} onChoose=${choose} onClose=${() => setOpen(false)} />`}
  `;
}

function Gallery({ onChoose, onClose }) {
  const [found, setFound] = useState(/** @type {null | import("./templates/index.js").Template[]} */ (null));
  const spoken = language.value;
  useEffect(() => {
    import("./templates/index.js").then(({ templates }) => setFound(templates(spoken)), (error) => (toastTrouble(Object.assign(error, { status: 0 })), onClose()));
  }, [spoken]);
  return html`
    <${Dialog} title=${t("templates.title")} size="wide" onClose=${onClose}>
      ${!found && html`<${Skeleton} rows=${3} />`}
      ${found && html`
        <ul class="gallery">
          ${found.map((template) => html`
            <li key=${template.key}>
              <button type="button" class="template" onClick=${() => onChoose(template)}>
                <span class="thumb" inert aria-hidden="true"><${LetterFrame} letter=${sample(template.body)} still /></span>
                <b>${template.name}</b><small class="faint">${template.about}</small>
              </button>
            </li>
          `)}
        </ul>
      `}
    <//>
  `;
}

/** A template as it looks for somebody of whom nothing is known: conditions fail, values are empty. @param {string} body */
function sample(body) {
  const words = body.replace(/\{% if [^%]*%\}(?:(?!\{% (?:else|endif)).)*(?:\{% else %\}((?:(?!\{% endif).)*))?\{% endif %\}/gs, "$1").replace(/\{\{[^}]*\}\}/g, "");
  return `<body style="margin:0;padding:24px;background:#fff;font:16px/1.6 Arial,sans-serif">${words}</body>`;
}
