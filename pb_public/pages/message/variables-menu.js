import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { ownAttributes } from "../../data/clients.js";
import { useQuery } from "../../data/query.js";
import { me } from "../../data/session.js";
import { Button } from "../../parts/button.js";
import { Menu } from "../../parts/menu.js";
import { attributeOf, isAlwaysThere, variableTag, variableTitle } from "./tags.js";
import { VariableDialog } from "./variable-dialog.js";

/** So many attributes fit into a menu; who has more types the rest. */
const most = 20;

/**
 * What each recipient has a value for; the one chosen is put in at the cursor. Of a value that some do not have one is asked
 * what stands in its place.
 * @param {{field: string, onChoose: (tag: string) => void, links?: boolean, small?: boolean}} props field: what it is put into; links: addresses too, which have no place in a subject
 */
export function VariablesMenu({ field, onChoose, links = true }) {
  const [asked, ask] = useState("");
  const attributes = useQuery(["clients", "attributes", me.value.id], ownAttributes);
  const item = (expression, note = "") => ({
    title: variableTitle(expression),
    note,
    run: () => (isAlwaysThere(expression) ? onChoose(variableTag(expression)) : ask(variableTag(expression))),
  });
  const items = [
    item("client.first_name"),
    item("client.full_name"),
    item("client.email"),
    ...(attributes.data ?? []).slice(0, most).map(({ name, example }, i) => ({ ...item(attributeOf(name), example), apart: i === 0 })),
    ...(links ? [{ ...item("unsubscribe_url"), apart: true }, item("view_url")] : []),
    { ...item("brand.name"), apart: !links },
    ...(links ? [item("brand.address")] : []),
  ];
  const done = (tag) => {
    ask("");
    // The dialog gives the focus back to where it was when it closes: what follows waits for that.
    requestAnimationFrame(() => onChoose(tag));
  };
  return html`
    <${Menu} label=${t("variables")} items=${items} head=${t("variables.head")}
      opener=${(rest) => html`<${Button} kind="quiet" small icon="braces" aria-label=${t("variables.into", { field })} ...${rest}>${t("variable")}<//>`} />
    ${asked && html`<${VariableDialog} tag=${asked} onDone=${done} onClose=${() => ask("")} />`}
  `;
}
