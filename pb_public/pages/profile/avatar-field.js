import { html, useRef, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { saveProfile } from "../../data/session.js";
import { Avatar } from "../../parts/avatar.js";
import { Button } from "../../parts/button.js";
import { toast, toastTrouble } from "../../parts/toast.js";

/** Pixels of a side: sharp on every screen, small in every answer. */
const side = 320;

/** One's picture, taken over at once. @param {{user: import("../../data/session.js").User}} props */
export function AvatarField({ user }) {
  const [busy, setBusy] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const save = async (picture, done) => {
    setBusy(true);
    try {
      await saveProfile(/** @type {any} */ ({ avatar: picture }));
      toast(done);
    } catch (error) {
      toastTrouble(error);
    }
    setBusy(false);
  };
  const chosen = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    const picture = await square(file).catch(() => null);
    if (picture) await save(picture, t("avatar.saved"));
    else toast(t("avatar.unreadable"), { tone: "bad" });
  };
  return html`
    <div class="row avatar-field">
      <${Avatar} user=${user} large />
      <div class="stack tight">
        <div class="row">
          <input class="unseen" type="file" accept="image/*" tabindex="-1" aria-label=${t("avatar.choose")} ref=${input} onChange=${chosen} />
          <${Button} small icon="upload" busy=${busy} onClick=${() => input.current.click()}>${t("avatar.choose")}<//>
          ${user.avatar && html`<${Button} small kind="quiet" icon="x" onClick=${() => save(null, t("avatar.removed"))}>${t("avatar.remove")}<//>`}
        </div>
        <p class="faint">${t("avatar.hint")}</p>
      </div>
    </div>
  `;
}

/** The middle of a picture as a small square. @param {File} file @returns {Promise<File | null>} */
async function square(file) {
  const picture = await createImageBitmap(file);
  const size = Math.min(picture.width, picture.height);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.min(side, size);
  canvas.getContext("2d").drawImage(picture, (picture.width - size) / 2, (picture.height - size) / 2, size, size, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return blob && new File([blob], "avatar.png", { type: blob.type });
}
