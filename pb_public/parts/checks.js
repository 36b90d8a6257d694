import { html } from "../html.js";
import { known, t } from "../i18n/index.js";
import { asWritten } from "../data/idn.js";
import { Icon } from "./button.js";

const signs = { ok: "circle-check", warning: "triangle-alert", error: "circle-alert", note: "info" };

/** Good to know, and nothing to be done about. */
const notes = ["suppressed"];
const order = ["error", "warning", "ok"];

/**
 * What was found before sending: what needs a decision first, with what to do about it; the rest on demand.
 * @param {object} props
 * @param {import("../data/mailings.js").Check[]} props.checks
 * @param {(code: string) => string | undefined} [props.mendAt]  the address where a finding is mended
 * @param {boolean} [props.whole]  all of them one below the other: it was said already how many there are
 */
export function Checks({ checks, mendAt = () => undefined, whole = false }) {
  const rank = ({ code, level }) => order.indexOf(level) + (notes.includes(code) ? 1 : 0);
  const found = checks.filter(({ level }) => level !== "ok").sort((a, b) => rank(a) - rank(b));
  const passed = checks.filter(({ level }) => level === "ok");
  if (whole) return html`<ul class="checks">${[...found, ...passed].map((check) => html`<${Finding} key=${check.code} check=${check} mendAt=${mendAt} />`)}</ul>`;
  return html`
    ${found.length > 0
      ? html`<ul class="checks">${found.map((check) => html`<${Finding} key=${check.code} check=${check} mendAt=${mendAt} />`)}</ul>`
      : html`<p class="checks-fine ok"><${Icon} name="circle-check" /><b>${t("check.fine")}</b></p>`}
    ${passed.length > 0 && html`
      <details class="checks-passed">
        <summary>${t("check.all", { count: passed.length })}</summary>
        <ul class="checks">${passed.map((check) => html`<${Finding} key=${check.code} check=${check} mendAt=${mendAt} />`)}</ul>
      </details>
    `}
  `;
}

function Finding({ check: { code, level, detail }, mendAt }) {
  const advice = level !== "ok" && [`check.${code}.${detail.reason}.do`, `check.${code}.${level}.do`].find(known);
  const address = level !== "ok" && mendAt(code);
  const look = level === "warning" && notes.includes(code) ? "note-only" : level;
  return html`
    <li class=${look}>
      <${Icon} name=${signs[look] ?? signs.note} />
      <div>
        <b>${words(code, level, detail)}</b>
        ${faults(detail).map((fault) => html`<p key=${fault} class="fault">${fault}</p>`)}
        ${advice && html`<p class="muted">${t(advice, detail)}</p>`}
      </div>
      ${address && html`<a class="link push" href=${address}>${t("check.mend")}</a>`}
    </li>
  `;
}

/** The reason has the best words; else the level; else the server's own, in English. */
function words(code, level, detail) {
  const key = [`check.${code}.${detail.reason}`, `check.${code}.${level}`, level === "ok" && `check.${code}`].find((one) => one && known(one));
  return key ? t(key, Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, typeof value === "string" ? asWritten(value) : value]))) : (detail.text ?? code);
}

/** What exactly is meant: links, images, variables by name, texts that were to be replaced, values that some lack. */
function faults({ links, images, variables, texts, gaps, of, capped }) {
  return [
    ...[...(links ?? []), ...(images ?? [])].map(({ url, problem }) => [url || "—", known(`check.problem.${problem}`) ? t(`check.problem.${problem}`) : problem].join(": ")),
    ...(variables ?? []),
    ...(texts ?? []),
    ...(gaps ?? []).map(({ variable, recipients: count }) => `${variable}: ${t(capped ? "check.gap.capped" : "check.gap", { count, of })}`),
  ];
}
