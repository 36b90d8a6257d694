import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { testDraft } from "../../data/messages.js";
import { Dialog } from "../../parts/dialog.js";
import { TestSend } from "../../parts/test-send.js";

/** Sends a short email with a sender, to see that it works and how it arrives. @param {{sender: string, name: string, onClose: () => void}} props sender: an id, "" for the default one */
export default function SenderTest({ sender, name, onClose }) {
  const draft = { sender, format: "text", subject: t("profile.sender.subject", { name }), body: t("profile.sender.body", { name }) };
  return html`<${Dialog} title=${t("profile.sender.test", { name })} onClose=${onClose}><${TestSend} send=${(to, key) => testDraft(draft, to, key)} /><//>`;
}
