import { html, useState } from "../html.js";
import { bytes, t, when } from "../i18n/index.js";
import { asWritten } from "../data/idn.js";
import { readCaught } from "../data/outbox.js";
import { useQuery } from "../data/query.js";
import { href } from "../router.js";
import { Badge } from "../parts/badge.js";
import { Button, Icon } from "../parts/button.js";
import { LetterFrame } from "../parts/letter-frame.js";
import { Loaded } from "../parts/loaded.js";
import { Card, PageHead } from "../parts/page.js";
import { tones } from "./outbox.js";

const views = ["html", "text", "headers", "source"];

/** One caught mail. Its links open in a new tab, so that what a user would click can be clicked. @param {{id: string}} props */
export default function OutboxMailPage({ id }) {
  const mail = useQuery(["outbox", id], (signal) => readCaught(id, signal));
  const crumb = html`<a href=${href("/outbox")}>${t("nav.outbox")}</a>`;
  return html`
    ${!mail.data && html`<${PageHead} title=${t("outbox.mail")} crumb=${crumb} />`}
    <${Loaded} query=${mail}>${(data) => html`<${Shown} mail=${data} crumb=${crumb} />`}<//>
  `;
}

/** @param {{mail: import("../data/outbox.js").CaughtMail, crumb: unknown}} props */
function Shown({ mail, crumb }) {
  const { subject, from, to, at, status, answer, size, attachments, envelope_from: sender } = mail;
  const offered = views.filter((name) => mail[name] !== "" || name === "text");
  const [view, setView] = useState(offered[0]);
  const [phone, setPhone] = useState(() => matchMedia("(max-width: 760px)").matches);
  const [dark, setDark] = useState(false);
  return html`
    <${PageHead} title=${subject || t("outbox.noSubject")} crumb=${crumb} badge=${html`<${Badge} tone=${tones[status]}>${t(`outbox.${status}`)}<//>`} lead=${`${when(at)} · ${bytes(size)}`} />
    <${Card}>
      <dl class="facts-list across">
        <div><dt>${t("outbox.from")}</dt><dd>${asWritten(from)}</dd></div>
        <div><dt>${t("outbox.to")}</dt><dd>${to.join(", ")}</dd></div>
        <div><dt>${t("outbox.envelopeFrom")}</dt><dd>${sender || "<>"}</dd></div>
        <div><dt>${t("outbox.answer")}</dt><dd class="said">${answer || t("outbox.noAnswer")}</dd></div>
      </dl>
      ${attachments.length > 0 && html`
        <ul class="files">${attachments.map(({ name, content_type: type, size: length }, i) => html`<li key=${i}><${Icon} name="file-text" /><span class="clip">${name || type}</span><span class="faint num">${bytes(length)}</span></li>`)}</ul>
      `}
    <//>
    <section class="preview tall" aria-label=${t("preview")}>
      <div class="preview-bar">
        <div class="segments" role="group" aria-label=${t("preview.view")}>
          ${offered.map((name) => html`<button key=${name} type="button" aria-pressed=${view === name} onClick=${() => setView(name)}>${t(`preview.${name}`)}</button>`)}
        </div>
        ${view === "html" && html`
          <span class="push row tight">
            <${Button} kind="quiet" small icon="smartphone" label=${t("preview.phone")} aria-pressed=${phone} onClick=${() => setPhone(!phone)} />
            <${Button} kind="quiet" small icon="moon" label=${t("preview.dark")} aria-pressed=${dark} onClick=${() => setDark(!dark)} />
          </span>
        `}
      </div>
      ${view === "html" && html`<${LetterFrame} letter=${mail.html} phone=${phone} dark=${dark} links />`}
      ${view === "headers" && html`<dl class="headers preview-text" tabindex="0" role="region" aria-label=${t("preview.headers")}>${mail.headers.map(({ name, value }, i) => html`<div key=${i}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`}
      ${view === "text" && html`<pre class="preview-text" tabindex="0" role="region" aria-label=${t("preview.text")}>${linked(mail.text)}</pre>`}
      ${view === "source" && html`<pre class="preview-text" tabindex="0" role="region" aria-label=${t("preview.source")}>${mail.source}</pre>`}
    </section>
  `;
}

/** Plain text with its addresses as links. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, i) => (i % 2 ? html`<a class="link" href=${part} target="_blank" rel="noreferrer">${part}</a>` : part));
}
