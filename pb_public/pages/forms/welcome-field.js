import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { welcomeMessages } from "../../data/forms.js";
import { useQuery } from "../../data/query.js";
import { me } from "../../data/session.js";
import { SelectField } from "../../parts/field.js";

/** Which message is sent after the confirmation. @param {{form: any}} props */
export function WelcomeField({ form }) {
  const { data } = useQuery(["messages", "welcome", me.value.id], (signal) => welcomeMessages(me.peek().id, signal));
  const options = [{ value: "", title: t("forms.welcome.none") }, ...(data ?? []).map(({ id, name, subject }) => ({ value: id, title: name || subject || id }))];
  return html`<${SelectField} form=${form} name="welcome_message" label=${t("forms.welcome")} hint=${t("forms.welcome.hint")} options=${options} />`;
}
