import { dayTime, known, t } from "../i18n/index.js";

/** Why a mailing waits, and until when. @param {{code: string, until?: string, detail?: string}} reason */
export function waitingWords({ code, until }) {
  const words = t(known(`waiting.${code}`) ? `waiting.${code}` : "waiting.other");
  return until ? `${words} ${t("waiting.until", { time: dayTime(until) })}` : words;
}
