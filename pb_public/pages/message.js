import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { readMessage } from "../data/messages.js";
import { useQuery } from "../data/query.js";
import { me } from "../data/session.js";
import { href } from "../router.js";
import { Loaded } from "../parts/loaded.js";
import { PageHead } from "../parts/page.js";
import { styleSheet } from "../parts/style-sheet.js";
import { MessageEditor } from "./message/editor.js";
import { MessageReader } from "./message/reader.js";

await styleSheet("styles/editor.css");

/** What a new message begins with. */
const blank = { id: "", name: "", subject: "", preheader: "", format: "html", body: "", text_body: "", attachments: [], updated: "" };

/** One message: written by its owner, looked at by a manager. @param {{id?: string, query: {then?: string, as?: string}}} props */
export default function MessagePage({ id, query }) {
  const message = useQuery(id ? ["message", id] : null, (signal) => readMessage(id, signal));
  const crumb = html`<a href=${href("/messages")}>${t("nav.messages")}</a>`;
  if (!id) return html`<${MessageEditor} message=${blank} crumb=${crumb} then=${query.then} as=${query.as} />`;
  return html`
    ${!message.data && html`<${PageHead} title=${t("message")} crumb=${crumb} />`}
    <${Loaded} query=${message}>
      ${(data) => (data.owner === me.value.id ? html`<${MessageEditor} message=${data} crumb=${crumb} then=${query.then} as=${query.as} />` : html`<${MessageReader} message=${data} crumb=${crumb} />`)}
    <//>
  `;
}
