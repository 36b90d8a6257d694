import { t } from "../../i18n/index.js";
import { asWritten } from "../../data/idn.js";
import { unsuppress } from "../../data/suppressions.js";
import { ask } from "../../parts/ask.js";
import { toast, toastTrouble } from "../../parts/toast.js";

/** What an entry of the stop list is about. Of an erased address there is only a hash, which says nothing to anybody. @param {import("../../data/suppressions.js").Suppression} suppression */
export const suppressionWords = ({ kind, value }) => (kind === "erased" ? t("suppression.erased", { hash: value.slice(0, 8) }) : kind === "domain" ? `@${asWritten(value)}` : asWritten(value));

/** Let an address be mailed again, after asking: somebody did not want it. @param {import("../../data/suppressions.js").Suppression} suppression */
export async function removeSuppression(suppression) {
  const value = suppressionWords(suppression);
  if (!(await ask({ title: t("suppression.remove.title", { value }), text: t(`suppression.remove.${suppression.reason}`), act: t("suppression.remove"), grave: true }))) return;
  try {
    await unsuppress(suppression.id);
    toast(t("suppression.removed", { value }));
  } catch (error) {
    toastTrouble(error);
  }
}
