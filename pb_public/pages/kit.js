import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { href } from "../router.js";
import { PageHead } from "../parts/page.js";
import { Absence } from "./kit/absence.js";
import { Buttons } from "./kit/buttons.js";
import { Choices } from "./kit/choices.js";
import { Data } from "./kit/data.js";
import { Fields } from "./kit/fields.js";
import { Overlays } from "./kit/overlays.js";
import { States } from "./kit/states.js";
import { Colors, Measures } from "./kit/tokens.js";

/** What is shown in both themes, beside each other or, when it is wide, one below the other. */
const sections = [
  { key: "colors", title: "Colours", about: "One accent, for what can be done and what runs. Green, red and amber for results only, grey for the rest.", part: Colors },
  { key: "measures", title: "Type, space, shape, motion", about: "13 pixels for data, a grid of 4. Nothing else is written in style sheets than these names.", part: Measures },
  { key: "buttons", title: "Buttons", about: "A verb, with an icon that helps it. One primary button a page.", part: Buttons },
  { key: "fields", title: "Fields", about: "What is wrong stands beside the field it is about, in the user's words.", part: Fields },
  { key: "choices", title: "Choices", about: "One of a few, one of many, one of very many.", part: Choices },
  { key: "overlays", title: "Dialog, question, toast, menu", about: "Above the page, closed by Escape, and the focus returns to where it was.", part: Overlays },
  { key: "states", title: "Badges, notes, steps, findings", about: "Colour is never the only sign.", part: States },
  { key: "data", title: "Figures, progress, tables, charts", about: "Tabular figures. A server's words in monospace, untouched.", part: Data, wide: true },
  { key: "absence", title: "Nothing, not yet, not now", about: "Every list says what to do when it is empty, being read or out of reach.", part: Absence },
];

/** All parts on one page, with invented figures, light beside dark. Not in the menu; for those who build. */
export default function KitPage() {
  return html`
    <${PageHead} title="Kit" lead="Every part of the interface in both themes and in this language. The names of the tokens are those of styles/tokens.css." crumb=${html`<a href=${href("/")}>${t("nav.home")}</a>`} />
    <link rel="stylesheet" href="styles/kit.css" />
    <div class="kit">
      ${sections.map(({ key, ...section }) => html`<${Section} key=${key} ...${section} />`)}
    </div>
  `;
}

function Section({ title, about, part: Part, wide = false }) {
  return html`
    <section class="kit-section" aria-label=${title}>
      <div><h2>${title}</h2><p class="muted">${about}</p></div>
      <div class=${wide ? "kit-themes stacked" : "kit-themes"}>
        ${["light", "dark"].map((look) => html`<div key=${look} class=${`kit-theme ${look}`} role="group" aria-label=${`${title}, ${look}`}><${Part} look=${look} /></div>`)}
      </div>
    </section>
  `;
}
