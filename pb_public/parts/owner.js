import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { useOwners } from "../data/owners.js";
import { isManager, me } from "../data/session.js";
import { Select } from "./field.js";

/**
 * Whose records a manager wants to see, above a table; nothing for owners, who see their own.
 * @param {{value: string, onChange: (owner: string) => void}} props value: an id, "" is everybody
 */
export function OwnerFilter({ value, onChange }) {
  const owners = useOwners();
  if (!isManager.value) return null;
  const others = owners.filter(({ id }) => id !== me.value.id).map(({ id, name, email }) => ({ value: id, title: name || email }));
  const options = [{ value: "", title: t("owner.all") }, { value: me.value.id, title: t("owner.mine") }, ...others];
  if (value && !options.some((option) => option.value === value)) options.push({ value, title: t("owner.other") });
  return html`<${Select} class="input select narrow" aria-label=${t("owner")} value=${value} options=${options} onChange=${onChange} />`;
}

/** The name of a record's owner. @param {{id: string, expand?: {owner?: {name: string, email: string}}}} props */
export function OwnerName({ id, expand }) {
  const found = useOwners().find((owner) => owner.id === id) ?? expand?.owner;
  return html`${id === me.value.id ? t("owner.me") : found?.name || found?.email || t("owner.other")}`;
}

/**
 * The column of a table that says whose each row is: for managers only, so spread it: ...ownerColumn().
 * @returns {import("./table.js").Column<any>[]}
 */
export function ownerColumn() {
  if (!isManager.value) return [];
  return [{ title: t("owner"), look: "owner", cell: ({ owner, expand }) => html`<span class="faint"><${OwnerName} id=${owner} expand=${expand} /></span>` }];
}
