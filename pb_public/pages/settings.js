import { html } from "../html.js";
import { Obstacle, Page } from "../parts/shell/outlet.js";
import { styleSheet } from "../parts/style-sheet.js";
import { sections } from "./settings/sections.js";

await styleSheet("styles/settings.css");

/** A page of the settings. @param {{section: string, id?: string, query: Record<string, string>}} props */
export default function SettingsPage({ section, id, query }) {
  const found = sections.find(({ key }) => key === section);
  if (!found) return html`<${Obstacle} kind="missing" />`;
  return html`<${Page} key=${section + (id ?? "")} route=${found} params=${{ id }} query=${query} />`;
}
