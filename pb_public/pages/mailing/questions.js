// What is asked before emails go out: always with the number of those who get one.
import { known, t } from "../../i18n/index.js";
import { countAudience, left } from "../../data/mailings.js";
import { ask } from "../../parts/ask.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { waitingWords } from "../../parts/waiting.js";

/** How many of an audience are mailed: those on the stop list are not. @param {{count: number, suppressed: number}} reach */
export const mailable = ({ count, suppressed }) => Math.max(0, count - suppressed);

/** @param {{count: number, suppressed: number, capped: boolean}} [reach] of the audience; it may not be known */
export function askToSend(reach) {
  const title = reach ? t(reach.capped ? "send.title.atLeast" : "send.title", { count: mailable(reach) }) : t("send.title.unknown");
  // The total of the mailing has those who are skipped, too.
  const skipped = reach && !reach.capped && reach.suppressed > 0 && t("reach.suppressed", { count: reach.suppressed });
  return ask({ title, text: [skipped, t("send.text")].filter(Boolean).join(" "), act: t("do.send") });
}

/** Ask about a mailing that is sent now and not at its time. @param {import("../../data/mailings.js").Mailing} mailing */
export async function askToSendNow({ audience, lists, recipients, filter }) {
  try {
    return askToSend(await countAudience({ audience, lists, recipients, filter }));
  } catch {
    return askToSend(); // the launch says what is wrong
  }
}

/** Ask before somebody is mailed again. @param {"failed" | "bounced" | "uncertain"} state @param {number} count */
export const askToRetry = (state, count) => ask({ title: t("retry.title", { count }), text: t(`retry.${state}`, { count }), act: t("uncertain.retry") });

/** Ask before one recipient is mailed again. @param {import("../../data/mailings.js").Recipient} recipient */
export const askToRetryOne = ({ state, email }) => ask({ title: t("retry.one.title", { email }), text: t(`retry.${state}`, { count: 1 }), act: t("uncertain.retry") });

/**
 * Ask before a mailing goes on that was stopped for a reason. Whoever has paused it just goes on.
 * @param {import("../../data/mailings.js").Mailing} mailing
 */
export async function askToResume(mailing) {
  const code = mailing.waiting_reason?.code;
  if (!code) return true;
  const text = [waitingWords(code), known(`waiting.${code}.text`) && t(`waiting.${code}.text`)].filter(Boolean).join(" ");
  return ask({ title: t("resume.title", { count: left(mailing) }), text, act: t("do.resume") });
}

/** Queues some recipients again and says how many that were. @param {() => Promise<{recipients: number}>} retry */
export async function retryAndSay(retry) {
  try {
    const { recipients: count } = await retry();
    toast(t("uncertain.retry.done", { count }));
  } catch (error) {
    toastTrouble(error);
  }
}
