import { html, useMemo, useState } from "../html.js";
import { t } from "../i18n/index.js";
import { newKey } from "../data/pb.js";
import { me } from "../data/session.js";
import { Address, answerWords } from "./mail-words.js";
import { Button } from "./button.js";
import { TextField } from "./field.js";
import { Form, useForm } from "./form.js";
import { Note } from "./note.js";

const tones = { success: "ok", uncertain: "warn", skipped: "warn" };

/**
 * Send the mail to oneself first. Shows what the mail server said.
 * @param {{send: (to: string[], key: string) => Promise<{results: {email: string, status: string, code: number, enhanced_code: string, response: string}[], left: number}>}} props
 *   key: the same for a click that is repeated because its answer was lost
 */
export function TestSend({ send }) {
  const [answer, setAnswer] = useState(null);
  const [round, nextRound] = useState(0);
  const key = useMemo(newKey, [round]);
  const form = useForm({ to: me.value.email }, async ({ to }) => {
    setAnswer(null);
    setAnswer(await send(to.split(/[\s,;]+/).filter(Boolean), key));
    nextRound(round + 1);
  });
  return html`
    <p class="muted">${t("test.text")}</p>
    <${Form} form=${form}>
      <${TextField} form=${form} name="to" label=${t("test.to")} hint=${t("test.to.hint")} required inputmode="email" autocomplete="email" />
      <div><${Button} type="submit" icon="send" busy=${form.busy.value}>${t("test.act")}<//></div>
    <//>
    ${answer?.results.map((one) => html`
      <${Note} key=${one.email} tone=${tones[one.status] ?? "bad"} live>
        <b><${Address} email=${one.email} /></b> ${t(`test.${one.status}`)}<p class="said">${answerWords(one)}</p>
      <//>
    `)}
    ${answer?.left <= 5 && html`<p class="hint muted">${t("test.left", { count: answer.left })}</p>`}
  `;
}
