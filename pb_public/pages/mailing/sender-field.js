import { html, useEffect } from "../../html.js";
import { t } from "../../i18n/index.js";
import { asWritten } from "../../data/idn.js";
import { useQuery } from "../../data/query.js";
import { usableSenders } from "../../data/senders.js";
import { SelectField } from "../../parts/field.js";
import { Note } from "../../parts/note.js";

/** Which sender a mailing goes through: nothing to choose while there is only the service's default. @param {{form: any}} props */
export function SenderField({ form }) {
  const { data } = useQuery(["senders"], usableSenders);
  const chosen = form.values.value.sender;
  useEffect(() => {
    // There is no other to choose.
    if (data && !data.default && data.senders.length === 1 && !chosen) form.set("sender", data.senders[0].id);
  }, [data]);
  if (!data) return null;
  const lost = Boolean(chosen) && !data.senders.some(({ id }) => id === chosen);
  if (!lost && data.senders.length === 0) return data.default ? null : html`<${Note} tone="warn"><b>${t("mailing.sender.none")}</b> ${t("mailing.sender.none.text")}<//>`;
  const state = (chosen ? data.states[chosen] : data.default_state) || "ok";
  const withState = (title, one) => (one && one !== "ok" ? `${title} · ${t(`mailing.sender.state.${one}`)}` : title);
  const options = data.senders.map((one) => ({ value: one.id, title: withState(`${one.name} <${asWritten(one.from_email)}>`, data.states[one.id]) }));
  if (data.default || !chosen) options.unshift({ value: "", title: data.default ? withState(t("mailing.sender.default"), data.default_state) : t("mailing.sender.choose") });
  if (lost) options.unshift({ value: chosen, title: t("mailing.sender.lost") });
  return html`
    <${SelectField} form=${form} name="sender" label=${t("mailing.sender")} options=${options} hint=${lost ? t("mailing.sender.lost.text") : t(`mailing.sender.state.${state}.text`)} />
  `;
}

/** @param {{id: string}} props "" is the service's own */
export function SenderName({ id }) {
  const found = useQuery(["senders"], usableSenders).data?.senders.find((one) => one.id === id);
  return html`${found?.name ?? t(id ? "mailing.sender.lost" : "mailing.sender.default")}`;
}
