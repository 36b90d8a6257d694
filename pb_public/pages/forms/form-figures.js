import { html } from "../../html.js";
import { calendarDay, finePercent, number, t } from "../../i18n/index.js";
import { figuresOf } from "../../data/forms.js";
import { useQuery } from "../../data/query.js";
import { Figures } from "../../parts/figures.js";
import { Loaded } from "../../parts/loaded.js";
import { Card } from "../../parts/page.js";

/** How often a form was shown, asked for and confirmed. @param {{id: string}} props */
export function FormFigures({ id }) {
  const figures = useQuery(["form", "figures", id], (signal) => figuresOf(id, signal));
  return html`<${Loaded} query=${figures} rows=${3}>${(data) => html`<${Shown} figures=${data} />`}<//>`;
}

function Shown({ figures: { totals, days } }) {
  const share = (part, whole) => (whole > 0 ? t("forms.share", { share: finePercent(part / whole) }) : undefined);
  return html`
    <${Figures} items=${[
      { label: t("forms.shown"), value: number(totals.shown) },
      { label: t("forms.requested"), value: number(totals.requested), note: share(totals.requested, totals.shown) },
      { label: t("forms.confirmed"), value: number(totals.confirmed), note: share(totals.confirmed, totals.requested) },
    ]} />
    ${days.length > 0 && html`
      <${Card} title=${t("forms.days")} flush>
        <table class="table plain">
          <thead><tr><th scope="col">${t("forms.day")}</th><th scope="col" class="figures">${t("forms.shown")}</th><th scope="col" class="figures">${t("forms.requested")}</th><th scope="col" class="figures">${t("forms.confirmed")}</th></tr></thead>
          <tbody>${days.toReversed().map((one) => html`<tr key=${one.day}><td class="nowrap">${calendarDay(one.day)}</td><td class="figures">${number(one.shown)}</td><td class="figures">${number(one.requested)}</td><td class="figures">${number(one.confirmed)}</td></tr>`)}</tbody>
        </table>
      <//>
    `}
  `;
}
