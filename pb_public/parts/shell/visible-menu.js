import { instance } from "../../data/instance.js";
import { isManager } from "../../data/session.js";
import { menu } from "../../routes.js";

/** Items of the menu that the user may open. */
export function visibleMenu() {
  return menu.filter((item) => (item.for === "manager" ? isManager.value : item.for === "demo" ? instance.value?.demo : true));
}
