import { t } from "../i18n/index.js";
import { ask } from "./ask.js";
import { toast, toastTrouble } from "./toast.js";

/**
 * Asks, deletes and says so.
 * @param {{title: string, text: unknown}} question @param {() => Promise<unknown>} remove
 * @returns {Promise<boolean>} whether it was deleted
 */
export async function confirmDelete({ title, text }, remove) {
  if (!(await ask({ title, text, act: t("do.delete"), grave: true }))) return false;
  try {
    await remove();
    toast(t("done.delete"));
    return true;
  } catch (error) {
    toastTrouble(error);
    return false;
  }
}
