import { signal } from "../html.js";

const phone = matchMedia("(max-width: 760px)");

/** Whether the page is shown as on a phone now: for what differs in more than its looks. @type {import("../vendor/signals-core-1.14.5.js").Signal<boolean>} */
export const narrow = signal(phone.matches);

phone.addEventListener("change", () => (narrow.value = phone.matches));
