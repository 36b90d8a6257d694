import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { ownAttributes } from "../../data/clients.js";
import { useQuery } from "../../data/query.js";
import { me } from "../../data/session.js";
import { Button } from "../../parts/button.js";
import { Menu } from "../../parts/menu.js";

/** So many attributes fit into a menu; who has more types the rest. */
const most = 20;

/** A name that can follow a dot in a template; others stand in brackets. */
const plain = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** @param {string} name */
const attribute = (name) => (plain.test(name) ? `client.attributes.${name}` : `client.attributes[${JSON.stringify(name)}]`);

/**
 * What each recipient has a value for; the one chosen is put in at the cursor.
 * @param {{field: string, onChoose: (tag: string) => void, links?: boolean, small?: boolean}} props field: what it is put into; links: addresses too, which have no place in a subject
 */
export function VariablesMenu({ field, onChoose, links = true }) {
  const attributes = useQuery(["clients", "attributes", me.value.id], ownAttributes);
  const item = (title, expression, note = "") => ({ title, note, run: () => onChoose(`{{ ${expression} }}`) });
  const items = [
    item(t("variable.full_name"), "client.full_name"),
    item(t("variable.full_name.or"), `client.full_name | default: "${t("variable.friend")}"`, t("variable.friend")),
    item(t("variable.email"), "client.email"),
    ...(attributes.data ?? []).slice(0, most).map(({ name, example }, i) => ({ ...item(name, attribute(name), example), apart: i === 0 })),
    ...(links ? [{ ...item(t("variable.unsubscribe_url"), "unsubscribe_url"), apart: true }, item(t("variable.view_url"), "view_url")] : []),
  ];
  return html`
    <${Menu} label=${t("variables")} items=${items} head=${t("variables.head")}
      opener=${(rest) => html`<${Button} kind="quiet" small icon="braces" aria-label=${t("variables.into", { field })} ...${rest}>${t("variable")}<//>`} />
  `;
}
