// Starts the UI: language, session, then the shell with the page that the address names.
import { html, render } from "./html.js";
import { preferredLanguage, speak } from "./i18n/index.js";
import { loadInstance } from "./data/instance.js";
import "./data/live.js";
import { isFor, me, refresh } from "./data/session.js";
import { Shell } from "./parts/shell/shell.js";
import { place } from "./router.js";
import { routesOf } from "./routes.js";

// The page that the address names is on its way while the words are; whoever shows it says when it does not come.
const first = routesOf(place.peek().path).find(({ route }) => isFor(route.for))?.route;
first?.page().catch(() => {});
await speak(me.value?.language || preferredLanguage(), first?.words);
const app = document.getElementById("app");
app.replaceChildren(); // the mark that was shown until now: Preact leaves alone what it has not drawn
render(html`<${Shell} />`, app);
loadInstance();
refresh();
