// Starts the UI: language, session, then the shell with the page that the address names.
import { html, render } from "./html.js";
import { preferredLanguage, speak } from "./i18n/index.js";
import { loadInstance } from "./data/instance.js";
import { me, refresh } from "./data/session.js";
import { Shell } from "./parts/shell/shell.js";

await speak(me.value?.language ?? preferredLanguage());
render(html`<${Shell} />`, document.getElementById("app"));
loadInstance();
refresh();
