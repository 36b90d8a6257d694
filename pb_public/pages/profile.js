import { html } from "../html.js";
import { bytes, day, t } from "../i18n/index.js";
import { asWritten } from "../data/idn.js";
import { me } from "../data/session.js";
import { useStorage } from "../data/storage.js";
import { href } from "../router.js";
import { Button } from "../parts/button.js";
import { Card, PageHead } from "../parts/page.js";
import { styleSheet } from "../parts/style-sheet.js";
import { AboutForm } from "./profile/about-form.js";
import { Archive } from "./profile/archive.js";
import { AvatarField } from "./profile/avatar-field.js";
import { Brand } from "./profile/brand.js";
import { EmailForm } from "./profile/email-form.js";
import { PasswordForm } from "./profile/password-form.js";
import { Sending } from "./profile/sending.js";
import { Sessions } from "./profile/sessions.js";
import { Tokens } from "./profile/tokens.js";

await styleSheet("styles/brand.css");

/** What one can say and change about oneself. */
export default function ProfilePage() {
  const user = me.value;
  const { role, daily_quota: quota, created } = user;
  const storage = useStorage().data;
  return html`
    <${PageHead} title=${t("nav.profile")} lead=${asWritten(user.email)} />
    <div class="two">
      <div class="stack loose">
        <${Card} title=${t("profile.about")}>
          <${AvatarField} user=${user} />
          <${AboutForm} key=${user.id} user=${user} />
        <//>
        <${Card} title=${t("profile.account")}>
          <dl class="facts-list">
            <div><dt>${t("profile.role")}</dt><dd>${t(`role.${role}`)}</dd></div>
            <${Sending} quota=${quota} />
            <div>
              <dt>${t("profile.storage")}</dt>
              <dd class="num" title=${t("profile.storage.hint")}>${storage ? t("profile.storage.used", { used: bytes(storage.used), limit: bytes(storage.limit) }) : "…"}</dd>
            </div>
            <div><dt>${t("profile.since")}</dt><dd>${day(created)}</dd></div>
          </dl>
        <//>
        <${Card} title=${t("profile.tokens")}><${Tokens} /><//>
        <${Card} title=${t("profile.webhooks")}>
          <p class="muted">${t("profile.webhooks.text")}</p>
          <div><${Button} href=${href("/webhooks")} icon="link">${t("profile.webhooks.open")}<//></div>
        <//>
      </div>
      <div class="stack loose">
        <${Card} title=${t("brand.title")}><${Brand} /><//>
        <${Card} title=${t("archive.title")}><${Archive} key=${user.id} user=${user} /><//>
        <${Card} title=${t("profile.email")}><${EmailForm} user=${user} /><//>
        <${Card} title=${t("profile.password")}><${PasswordForm} user=${user} /><//>
        <${Card} title=${t("profile.sessions")}><${Sessions} /><//>
      </div>
    </div>
  `;
}
