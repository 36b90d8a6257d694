import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { launchedMailings } from "../data/mailings.js";
import { useQuery } from "../data/query.js";
import { Select } from "./field.js";

/**
 * One mailing or all of them, above figures and logs.
 * @param {{value: string, owner: string, onChange: (mailing: string) => void}} props owner: "" is everybody one may see
 */
export function MailingFilter({ value, owner, onChange }) {
  const mailings = useQuery(["mailingChoices", owner, value], (signal) => launchedMailings(owner, value, signal));
  const options = [{ value: "", title: t("mailing.all") }, ...(mailings.data ?? []).map(({ id, name }) => ({ value: id, title: name }))];
  if (value && !options.some((option) => option.value === value)) options.push({ value, title: t("mailing") });
  return html`<${Select} class="input select narrow" aria-label=${t("mailing")} value=${value} options=${options} onChange=${onChange} />`;
}
