import { html } from "../../html.js";
import { t, when } from "../../i18n/index.js";
import { occurrencesOf } from "../../data/mailings.js";
import { useQuery } from "../../data/query.js";
import { href } from "../../router.js";
import { Loaded } from "../../parts/loaded.js";
import { Card } from "../../parts/page.js";
import { StateBar } from "../../parts/progress.js";
import { MailingBadge } from "../../parts/badge.js";
import { Table } from "../../parts/table.js";

/** What a repeated mailing has sent so far: every occurrence is a mailing of its own. @param {{mailing: import("../../data/mailings.js").Mailing}} props */
export function Occurrences({ mailing: { id, status, starts_at: next } }) {
  const occurrences = useQuery(["mailings", "occurrences", id, next], (signal) => occurrencesOf(id, signal));
  const columns = [
    { title: t("mailing.time"), phone: "head", look: "strong", cell: ({ occurrence_at: at }) => when(at) },
    { title: t("mailing.status"), phone: "side", cell: (one) => html`<${MailingBadge} mailing=${one} />` },
    { title: t("mailing.result"), look: "result", cell: (one) => one.total > 0 && html`<${StateBar} mailing=${one} slim />` },
    { title: t("count.sent"), figures: true, cell: ({ sent, total }) => total > 0 && t("mailing.sentOf", { sent, total }) },
  ];
  return html`
    <${Card} title=${t("repeat.done")} flush>
      <${Loaded} query=${occurrences} rows=${2}>
        ${({ items }) =>
          items.length === 0
            ? html`<p class="inside muted">${t(status === "scheduled" ? "repeat.done.none" : "repeat.done.never")}</p>`
            : html`<${Table} label=${t("repeat.done")} columns=${columns} rows=${items} href=${(one) => href(`/mailings/${one.id}`)} />`}
      <//>
    <//>
  `;
}
