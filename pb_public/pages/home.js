import { html } from "../html.js";
import { me } from "../data/session.js";
import { Landing } from "./home/landing.js";
import { Today } from "./home/today.js";

/** The first page: what the service is for strangers, what goes on for those signed in. */
export default function HomePage() {
  return me.value ? html`<${Today} />` : html`<${Landing} />`;
}
