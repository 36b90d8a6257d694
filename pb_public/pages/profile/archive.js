import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { readProfile, saveProfile } from "../../data/session.js";
import { Button } from "../../parts/button.js";
import { CheckField, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";

/** Where everybody may read the mailings that one has made public. @param {{user: import("../../data/session.js").User}} props */
export function Archive({ user }) {
  const form = useForm(startOf(user), async (values) => {
    const saved = await saveProfile({ ...values, slug: values.slug.trim().toLowerCase() }, form.version);
    form.version = saved.updated;
    form.settle(startOf(saved), values);
    toast(t("archive.saved"));
  }, {
    version: user.updated,
    reread: async () => {
      const found = await readProfile();
      return { version: found.updated, values: startOf(found) };
    },
    fields: { slug: { label: t("archive.slug") }, archive_noindex: { label: t("archive.noindex"), show: (yes) => t(yes ? "yes" : "no") } },
  });
  return html`
    <p class="muted">${t("archive.text")}</p>
    <${Form} form=${form} guarded>
      <${TextField} form=${form} name="slug" label=${t("archive.slug")} hint=${t("archive.slug.hint", { example: `${location.origin}/a/${form.values.value.slug.trim() || "news"}` })} maxlength="40" autocomplete="off" autocapitalize="none" spellcheck="false" optional />
      <${CheckField} form=${form} name="archive_noindex" label=${t("archive.noindex")} hint=${t("archive.noindex.hint")} />
      <div class="row">
        <${Button} kind="primary" type="submit" busy=${form.busy.value}>${t("do.save")}<//>
        ${user.slug && html`<${Button} icon="link" href=${`/a/${user.slug}`} target="_blank">${t("archive.open")}<//>`}
      </div>
    <//>
  `;
}

/** What the form begins with. @param {import("../../data/session.js").User} user */
const startOf = ({ slug, archive_noindex: hidden }) => ({ slug: slug ?? "", archive_noindex: Boolean(hidden) });
