import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { act, joinedSince } from "../../data/mailings.js";
import { useQuery } from "../../data/query.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { Note } from "../../parts/note.js";
import { toast, toastTrouble } from "../../parts/toast.js";

/** A completed mailing whose audience has grown since: those who joined may get it too. @param {{mailing: import("../../data/mailings.js").Mailing}} props */
export function Extend({ mailing }) {
  const { id, total } = mailing;
  const [busy, setBusy] = useState(false);
  const joined = useQuery(["joined", id, total], (signal) => joinedSince(id, signal)).data?.count ?? 0;
  if (joined === 0) return null;
  const extend = async () => {
    if (!(await ask({ title: t("extend.title", { count: joined }), text: t("extend.ask"), act: t("do.send") }))) return;
    setBusy(true);
    try {
      const { recipients: count } = await act(id, "extend");
      toast(count > 0 ? t("extend.done", { count }) : t("extend.nobody"));
    } catch (error) {
      toastTrouble(error);
    }
    setBusy(false);
  };
  return html`<${Note} acts=${html`<${Button} icon="send" busy=${busy} onClick=${extend}>${t("extend.act")}<//>`}><b>${t("extend.joined", { count: joined })}</b> ${t("extend.text")}<//>`;
}
