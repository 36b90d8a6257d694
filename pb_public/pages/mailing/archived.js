import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { saveMailing } from "../../data/mailings.js";
import { me } from "../../data/session.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { Check } from "../../parts/field.js";
import { Card } from "../../parts/page.js";
import { toast, toastTrouble } from "../../parts/toast.js";

/** Whether everybody may read a mailing in one's archive. @param {{mailing: import("../../data/mailings.js").Mailing}} props */
export function Archived({ mailing }) {
  const [busy, setBusy] = useState(false);
  const { id, public: shown } = mailing;
  const slug = me.value.slug;
  const publish = async (yes) => {
    setBusy(true);
    try {
      await saveMailing({ id, public: yes });
      toast(t(yes ? "archive.shown" : "archive.hidden"));
    } catch (error) {
      toastTrouble(error);
    }
    setBusy(false);
  };
  return html`
    <${Card}>
      <div class="row far">
        <${Check} name="public" label=${t("archive.public")} hint=${t(slug ? "archive.public.hint" : "archive.public.none")} checked=${shown} disabled=${busy} onChange=${publish} />
        ${!slug ? html`<${Button} small href=${href("/profile")}>${t("archive.set")}<//>` : shown && html`<${Button} small icon="link" href=${`/a/${slug}/${id}`} target="_blank">${t("archive.look")}<//>`}
      </div>
    <//>
  `;
}
