import { html } from "../../html.js";
import { known, number, t } from "../../i18n/index.js";
import { answersOf, isRetriable, retried, retryAnswer } from "../../data/mailings.js";
import { useQuery } from "../../data/query.js";
import { useRenewal } from "../../data/renewal.js";
import { me } from "../../data/session.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { Card } from "../../parts/page.js";
import { Loaded } from "../../parts/loaded.js";
import { answerWords } from "../../parts/mail-words.js";
import { Meter } from "../../parts/progress.js";
import { reason } from "../../parts/reasons.js";
import { askToRetry, retryAndSay } from "./questions.js";

const shown = 6;

/** States in the order in which they matter, each with its colour. */
const tones = { bounced: "bad", failed: "bad", deferred: "warn", uncertain: "warn" };

/** What servers said to those who have not got their mail, the same answers together. @param {{mailing: import("../../data/mailings.js").Mailing}} props */
export function Answers({ mailing }) {
  const { id, failed, bounced, deferred, uncertain } = mailing;
  const answers = useQuery(["answers", id], (signal) => answersOf(id, signal));
  useRenewal([bounced, failed, deferred, uncertain].join(), answers.reload);
  return html`
    <${Card} title=${t("answers.title")} flush>
      <${Loaded} query=${answers} rows=${2}>
        ${({ items, capped }) => html`
          ${Object.keys(tones)
            .map((state) => [state, items.filter((answer) => answer.state === state)])
            .filter(([, same]) => same.length > 0)
            .map(([state, same]) => html`<${Group} key=${state} mailing=${mailing} state=${state} answers=${same} count=${mailing[state]} />`)}
          ${items.length === 0 && html`<p class="inside muted">${t("reasons.none")}</p>`}
          ${capped && html`<p class="answers-note faint">${t("answers.capped")}</p>`}
        `}
      <//>
    <//>
  `;
}

/** @param {{mailing: import("../../data/mailings.js").Mailing, state: import("../../data/mailings.js").RecipientState, answers: import("../../data/mailings.js").Answer[], count: number}} props */
function Group({ mailing, state, answers, count }) {
  const { id } = mailing;
  const again = mailing.owner === me.value.id && isRetriable(mailing) && retried.includes(state);
  const most = Math.max(...answers.map(({ recipients }) => recipients));
  const listed = answers.slice(0, shown);
  const rest = answers.length - listed.length;
  return html`
    <section class="answers">
      <h3><a href=${href(`/mailings/${id}`, { state })}>${t(`answers.${state}`)}</a> <span class="count">${number(count)}</span></h3>
      <ul>
        ${listed.map(
          (answer) => html`
            <li key=${[answer.code, answer.enhanced_code, answer.text, answer.reason].join()}>
              <div class="line"><span>${wordsOf(answer)}</span><span class="row tight"><b class="num">${number(answer.recipients)}</b>${again && html`<${Button} kind="quiet" small icon="rotate-cw" label=${t("retry.answer", { answer: wordsOf(answer) })} onClick=${() => retry(id, answer)} />`}</span></div>
              ${answer.text && html`<p class="said">${answerWords({ code: answer.enhanced_code ? 0 : answer.code, enhanced_code: answer.enhanced_code, response: answer.text })}</p>`}
              <${Meter} share=${answer.recipients / most} tone=${tones[state]} />
            </li>
          `,
        )}
      </ul>
      ${rest > 0 && html`<p class="faint">${t("answers.more", { count: rest })}</p>`}
    </section>
  `;
}

/** Sends once more to those who got an answer. */
async function retry(id, answer) {
  if (await askToRetry(answer.state, answer.recipients)) retryAndSay(() => retryAnswer(id, answer));
}

/** Codes say it best; where no server said anything, why it ended does. */
function wordsOf(answer) {
  const why = known(`reason.${answer.reason}`) ? t(`reason.${answer.reason}`) : "";
  return !answer.code && why ? why[0].toLocaleUpperCase() + why.slice(1) : reason(answer);
}
