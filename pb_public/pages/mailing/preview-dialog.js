import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { previewMailing } from "../../data/mailings.js";
import { useQuery } from "../../data/query.js";
import { ClientSelect } from "../../parts/client-select.js";
import { Dialog } from "../../parts/dialog.js";
import { Loaded } from "../../parts/loaded.js";
import { Preview } from "../../parts/preview.js";

/** The mail of a mailing as a chosen client gets it. @param {{mailing: import("../../data/mailings.js").Mailing, onClose: () => void}} props */
export function PreviewDialog({ mailing, onClose }) {
  return html`<${Dialog} title=${t("mailing.letter")} size="wide" onClose=${onClose}><${MailingPreview} mailing=${mailing} /><//>`;
}

/** @param {{mailing: import("../../data/mailings.js").Mailing}} props */
export function MailingPreview({ mailing }) {
  const [client, choose] = useState("");
  const preview = useQuery(["preview", mailing.id, client], (signal) => previewMailing(mailing.id, client, signal));
  return html`
    <${ClientSelect} owner=${mailing.owner} value=${client} shown=${preview.data?.client} onChange=${choose} />
    <${Loaded} query=${preview} rows=${3}>${(data) => html`<${Preview} preview=${data} />`}<//>
  `;
}
