import { html, useMemo } from "../html.js";
import { language } from "../i18n/index.js";
import { shortOffset, zoneNames } from "../data/zone.js";
import { ComboField } from "./combo.js";

/** A time zone, found by its city or its name. @param {{form: any, name: string, label: string, hint?: unknown}} props */
export function ZoneField({ form, name, ...rest }) {
  const chosen = form.values.value[name];
  const options = useMemo(() => zones(chosen), [language.value, chosen]);
  return html`<${ComboField} form=${form} name=${name} options=${options} ...${rest} />`;
}

/** All zones the browser knows, the chosen one among them. */
function zones(chosen) {
  const names = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), ...(chosen ? [chosen] : [])])];
  return names
    .map((value) => ({
      value,
      title: value.replaceAll("_", " "),
      // The browser takes long over four hundred of these: only those that are needed.
      get note() {
        return shortOffset(value);
      },
      get words() {
        return zoneNames(value, language.peek());
      },
    }))
    .sort((a, b) => a.title.localeCompare(b.title));
}
