import { html, useMemo, useRef } from "../html.js";
import { plannedFor, t } from "../i18n/index.js";
import { readMailing, saveMailing } from "../data/mailings.js";
import { useQuery } from "../data/query.js";
import { lastFrom } from "../data/senders.js";
import { browserZone, me } from "../data/session.js";
import { go, href } from "../router.js";
import { Loaded } from "../parts/loaded.js";
import { Note } from "../parts/note.js";
import { PageHead } from "../parts/page.js";
import { Skeleton } from "../parts/skeleton.js";
import { Stepper } from "../parts/stepper.js";
import { toast } from "../parts/toast.js";
import { AudienceStep } from "./mailing/step-audience.js";
import { CheckStep } from "./mailing/step-check.js";
import { MessageStep } from "./mailing/step-message.js";
import { WhenStep } from "./mailing/step-when.js";

const steps = ["message", "audience", "when", "check"];
const views = { message: MessageStep, audience: AudienceStep, when: WhenStep, check: CheckStep };

/** What a new mailing begins with. */
const blank = () => ({
  id: "", name: "", message: "", sender: "", from_name: "", reply_to: "", audience: "everyone", lists: [], recipients: [], filter: "",
  starts_at: "", ends_at: "", repeat: "none", timezone: me.peek().timezone || browserZone(), status: "created", expand: {},
});

/**
 * Message → audience → when → check → send. Every step saves the mailing, so that it can be left and come back to.
 * @param {{id?: string, query: {step?: string, message?: string}}} props
 */
export default function MailingWizardPage({ id, query }) {
  const mailing = useQuery(id ? ["mailing", id] : null, (signal) => readMailing(id, signal));
  const last = useQuery(id ? null : ["last sender", me.value.id], lastFrom);
  const start = useMemo(() => ({ ...blank(), ...last.data, message: query.message ?? "" }), [last.data]);
  if (!id && (last.data || last.trouble)) return html`<${Wizard} mailing=${start} step="message" />`;
  if (!id) return html`<${PageHead} title=${t("wizard.title")} crumb=${crumb()} /><section class="card"><${Skeleton} rows=${8} /></section>`;
  return html`
    ${!mailing.data && html`<${PageHead} title=${t("wizard.title")} crumb=${crumb()} />`}
    <${Loaded} query=${mailing}>${(data) => html`<${Wizard} mailing=${data} step=${views[query.step] ? query.step : "message"} />`}<//>
  `;
}

const crumb = () => html`<a href=${href("/mailings")}>${t("nav.mailings")}</a>`;

function Wizard({ mailing, step }) {
  if (!["created", "scheduled"].includes(mailing.status)) return html`<${Launched} mailing=${mailing} />`;
  const isScheduled = mailing.status === "scheduled";
  const address = (key) => href(`/mailings/${mailing.id}/edit`, { step: key });
  const reached = { message: true, audience: Boolean(mailing.message), when: Boolean(mailing.message), check: Boolean(mailing.message) };
  const control = useRef(/** @type {import("./mailing/kept-step.js").StepControl | null} */ (null));
  /** The step to go to once this one is saved; "" is the next one. */
  const aim = useRef("");

  /** What was made of a new mailing, for as long as this step is shown. */
  const id = useRef(mailing.id);

  /** The address that the last save began at. */
  const from = useRef("");

  const save = async (values, version) => {
    from.current = location.hash;
    const saved = await saveMailing({ id: id.current, ...values }, version);
    id.current = saved.id;
    return saved;
  };
  const goOn = () => {
    const next = aim.current || steps[steps.indexOf(step) + 1];
    aim.current = "";
    if (isScheduled) toast(t("wizard.saved", { step: t(`step.${step}`) }));
    // Whoever has gone elsewhere meanwhile stays there.
    if (location.hash === from.current) go(`/mailings/${id.current}/edit`, { step: next }, { replace: !mailing.id });
  };
  /** Onwards only with a step that is right; back with what there is: what cannot be saved yet is kept by the browser. */
  const leave = async (event, key) => {
    const leaving = control.current;
    if (!leaving?.dirty() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (steps.indexOf(key) > steps.indexOf(step)) {
      aim.current = key;
      /** @type {HTMLFormElement} */ (document.getElementById("step")).requestSubmit();
      return;
    }
    try {
      await leaving.save();
    } catch {
      // The step says what is wrong with it when one comes back.
    }
    location.hash = address(key);
  };
  const View = views[step];
  const previous = steps[steps.indexOf(step) - 1];
  return html`
    <${PageHead} title=${mailing.name || t("wizard.title")} crumb=${crumb()} />
    <${Stepper} current=${step} steps=${steps.map((key, i) => ({ key, title: t(`step.${key}`), href: mailing.id && reached[key] ? address(key) : undefined, onClick: (event) => leave(event, key), done: Boolean(mailing.id) && i < steps.indexOf(step) }))} />
    ${isScheduled && html`<${Note}>${t("wizard.scheduled", { when: plannedFor(mailing.starts_at, mailing.timezone) })}<//>`}
    <${View} key=${step} mailing=${mailing} control=${control} onSave=${save} onNext=${goOn} back=${previous ? { href: address(previous), onClick: (event) => leave(event, previous) } : null} />
  `;
}

/** Somebody sent it meanwhile, in another window perhaps. */
function Launched({ mailing }) {
  return html`
    <${PageHead} title=${mailing.name} crumb=${crumb()} />
    <${Note}>${t("wizard.launched")} <a class="link" href=${href(`/mailings/${mailing.id}`)}>${t("wizard.look")}</a><//>
  `;
}
