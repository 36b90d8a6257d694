import { html, useState } from "../../html.js";
import { learn, t } from "../../i18n/index.js";
import { useQuery } from "../../data/query.js";
import { usableSenders } from "../../data/senders.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { Later } from "../../parts/later.js";

/** With the words about answers of mail servers. */
const senderTest = () => Promise.all([import("./sender-test.js"), learn("said")]).then(([module]) => module);

const tones = { ok: "ok", trouble: "bad", used_up: "warn", off: "idle" };

/** What is left of the day's emails, and what one may send with. @param {{quota: number}} props  emails a UTC day, 0: no limit */
export function Sending({ quota }) {
  const [tried, tryOut] = useState(/** @type {{id: string, name: string} | null} */ (null));
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
        ${senders.map(({ id, name, state }) => html`
          <dd key=${id} class="row">
            ${name} ${state && html`<${Badge} tone=${tones[state]}>${t(`profile.sender.${state}`)}<//>`}
            ${state !== "off" && html`<${Button} small kind="quiet" icon="send" label=${t("profile.sender.test", { name })} onClick=${() => tryOut({ id, name })} />`}
          </dd>
        `)}
        ${tried && html`<${Later} load=${senderTest} words="letter" sender=${tried.id} name=${tried.name} onClose=${() => tryOut(null)} />`}
      </div>
    `}
  `;
}
