import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { testMailing } from "../../data/mailings.js";
import { me } from "../../data/session.js";
import { answerWords } from "../../parts/answer.js";
import { Button } from "../../parts/button.js";
import { TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Note } from "../../parts/note.js";

/** Send the mail to oneself first. Shows what the mail server said. @param {{mailing: {id: string}}} props */
export function TestSend({ mailing }) {
  const [answers, setAnswers] = useState([]);
  const form = useForm({ to: me.value.email }, async ({ to }) => {
    setAnswers([]);
    const addresses = to.split(/[\s,;]+/).filter(Boolean);
    const answer = await testMailing(mailing.id, addresses, "");
    setAnswers(answer.results);
  });
  return html`
    <p class="muted">${t("test.text")}</p>
    <${Form} form=${form}>
      <${TextField} form=${form} name="to" label=${t("test.to")} required inputmode="email" autocomplete="email" />
      <div><${Button} type="submit" icon="send" busy=${form.busy.value}>${t("test.act")}<//></div>
    <//>
    ${answers.map((answer) => html`
      <${Note} key=${answer.email} tone=${answer.status === "success" ? "ok" : "bad"} live>
        <b>${answer.email}</b><p class="said">${answerWords(answer)}</p>
      <//>
    `)}
  `;
}
