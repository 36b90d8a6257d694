import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { useQuery } from "../../data/query.js";
import { readStatistics } from "../../data/statistics.js";
import { Card } from "../../parts/page.js";
import { Loaded } from "../../parts/loaded.js";
import { Reasons } from "../../parts/reasons.js";

/** The servers' refusals of one mailing, grouped. @param {{mailing: import("../../data/mailings.js").Mailing}} props */
export function Answers({ mailing }) {
  const from = mailing.started_at.slice(0, 10);
  const to = new Date().toISOString().slice(0, 10);
  const statistics = useQuery(["statistics", "mailing", mailing.id, mailing.failed], (signal) => readStatistics({ from, to, mailing: mailing.id }, signal));
  return html`
    <${Card} title=${t("reasons.title")} flush>
      <${Loaded} query=${statistics} rows=${2}>${({ codes }) => html`<${Reasons} codes=${codes} />`}<//>
    <//>
  `;
}
