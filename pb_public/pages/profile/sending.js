import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { useQuery } from "../../data/query.js";
import { usableSenders } from "../../data/senders.js";
import { Badge } from "../../parts/badge.js";

const tones = { ok: "ok", trouble: "bad", used_up: "warn", off: "idle" };

/** What is left of the day's emails, and what one may send with. @param {{quota: number}} props  emails a UTC day, 0: no limit */
export function Sending({ quota }) {
  const { data } = useQuery(["senders"], usableSenders);
  const left = data && Math.max(0, quota - data.quota.used);
  const senders = data ? [...(data.default ? [{ id: "", name: t("profile.sender.default"), state: data.default_state }] : []), ...data.senders.map(({ id, name }) => ({ id, name, state: data.states[id] }))] : [];
  return html`
    <div>
      <dt>${t("profile.quota")}</dt>
      <dd class="num">${quota === 0 ? t("profile.quota.none") : left === undefined ? t("profile.quota.mails", { count: quota }) : t("profile.quota.left", { left, limit: quota })}</dd>
    </div>
    ${senders.length > 0 && html`
      <div>
        <dt>${t("profile.senders")}</dt>
        ${senders.map(({ id, name, state }) => html`<dd key=${id}>${name} ${state && html`<${Badge} tone=${tones[state]}>${t(`profile.sender.${state}`)}<//>`}</dd>`)}
      </div>
    `}
  `;
}
