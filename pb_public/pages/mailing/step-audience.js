import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { asWritten } from "../../data/idn.js";
import { clientsById, findClients } from "../../data/clients.js";
import { isUnfinished } from "../../data/filters.js";
import { ownLists } from "../../data/lists.js";
import { useQuery } from "../../data/query.js";
import { me } from "../../data/session.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { DraftNote } from "../../parts/draft.js";
import { Choice } from "../../parts/field.js";
import { FilterField } from "../../parts/filter-field.js";
import { Form } from "../../parts/form.js";
import { Loaded } from "../../parts/loaded.js";
import { Note } from "../../parts/note.js";
import { Card } from "../../parts/page.js";
import { Reach } from "../../parts/reach.js";
import { Search } from "../../parts/search.js";
import { useStepForm } from "./kept-step.js";
import { WizardFoot } from "./wizard-foot.js";

const mostPicked = 1000;

/** Who gets it, and how many that is. @param {{mailing: any, control: any, onSave: (values: any) => Promise<void>, back: any}} props */
export function AudienceStep({ mailing, control, onSave, onNext, back }) {
  const form = useStepForm({ step: "audience", mailing, startOf, toMailing: (values) => values, onSave, onNext, words: wordsOf(), control, faults });
  const values = form.values.value;
  const options = ["everyone", "lists", "picked"].map((value) => ({ value, title: t(`audience.${value}`), hint: t(`audience.${value}.hint`) }));
  return html`
    <${DraftNote} draft=${form.draft} />
    <${Form} id="step" form=${form} handled=${["filter", "lists", "recipients"]}>
      <div class="two">
        <${Card} title=${t("step.audience.title")}>
          <${Choice} name="audience" legend=${t("step.audience.title")} options=${options} value=${values.audience} onChange=${(value) => form.set("audience", value)} />
          ${values.audience === "lists" && html`<${Lists} chosen=${values.lists} onChoose=${(ids) => form.set("lists", ids)} />`}
          ${values.audience === "picked" && html`<${Picked} chosen=${values.recipients} onChoose=${(ids) => form.set("recipients", ids)} />`}
          ${form.errors.value[fieldOf[values.audience]] && html`<p class="error" role="alert">${form.errors.value[fieldOf[values.audience]]}</p>`}
          ${values.audience !== "picked" && html`<${FilterField} value=${values.filter} error=${form.errors.value.filter} onChange=${(next) => form.set("filter", next)} />`}
        <//>
        <${Card} title=${t("reach.title")}>${nobody(values) ? html`<p class="muted">${t("reach.choose")}</p>` : html`<${Reach} audience=${values} />`}<//>
      </div>
      <${WizardFoot} mailing=${mailing} back=${back} busy=${form.busy.value} />
    <//>
  `;
}

const startOf = ({ audience, lists, recipients, filter }) => ({ audience, lists, recipients, filter });

const wordsOf = () => ({
  audience: { label: t("step.audience"), show: (value) => t(`audience.${value}`) },
  lists: { label: t("audience.lists"), show: (ids) => html`<${ListNames} ids=${ids} />` },
  recipients: { label: t("audience.picked"), show: (ids) => t("reach.count", { count: ids.length }) },
  filter: { label: t("filter.narrow"), show: (text) => html`<span class="said">${text}</span>` },
});

function ListNames({ ids }) {
  const lists = useQuery(["lists", me.value.id], ownLists);
  return html`${(lists.data ?? []).filter(({ id }) => ids.includes(id)).map(({ name }) => name).join(", ") || t("audience.lists.count", { count: ids.length })}`;
}

function Lists({ chosen, onChoose }) {
  const lists = useQuery(["lists", me.value.id], ownLists);
  const toggle = (id) => onChoose(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return html`
    <${Loaded} query=${lists} rows=${2}>
      ${(found) =>
        found.length === 0
          ? html`<${Note} acts=${html`<${Button} small href=${href("/lists")}>${t("lists.make")}<//>`}>${t("lists.none")}<//>`
          : html`<ul class="picks framed">${found.map(({ id, name, description }) => html`<${Pick} key=${id} title=${name} note=${description} checked=${chosen.includes(id)} onToggle=${() => toggle(id)} />`)}</ul>`}
    <//>
  `;
}

function Picked({ chosen, onChoose }) {
  const [search, setSearch] = useState("");
  const found = useQuery(["clients", "find", me.value.id, search], (signal) => findClients(search, me.value.id, signal));
  const picked = useQuery(["clients", "picked", chosen], (signal) => clientsById(chosen, signal));
  const [full, fill] = useState(false);
  const toggle = (id) => {
    const added = !chosen.includes(id);
    fill(added && chosen.length >= mostPicked);
    if (!added) onChoose(chosen.filter((other) => other !== id));
    else if (chosen.length < mostPicked) onChoose([...chosen, id]);
  };
  return html`
    ${chosen.length > 0 && html`
      <ul class="chips" aria-label=${t("audience.picked")}>
        ${(picked.data ?? []).map(({ id, email, full_name }) => html`<li key=${id}><span class="chip">${full_name || asWritten(email)}<${Button} kind="quiet" small icon="x" label=${t("audience.drop", { name: full_name || asWritten(email) })} onClick=${() => toggle(id)} /></span></li>`)}
      </ul>
    `}
    <${Search} value=${search} label=${t("clients.find")} onSearch=${setSearch} />
    ${full && html`<p class="error" role="alert">${t("audience.picked.most", { max: mostPicked })}</p>`}
    <${Loaded} query=${found} rows=${3}>
      ${(clients) =>
        clients.length === 0
          ? html`<p class="muted">${t("found.none")}</p>`
          : html`<ul class="picks framed">${clients.map(({ id, email, full_name }) => html`<${Pick} key=${id} title=${full_name || asWritten(email)} note=${full_name && asWritten(email)} checked=${chosen.includes(id)} onToggle=${() => toggle(id)} />`)}</ul>`}
    <//>
  `;
}

function Pick({ title, note, checked, onToggle }) {
  return html`
    <li>
      <label class="pick"><input type="checkbox" checked=${checked} onChange=${onToggle} /><span class="who"><b>${title}</b>${note && html`<small class="clip">${note}</small>`}</span></label>
    </li>
  `;
}

/** What is missing, that no control of its own can say. */
function faults(values) {
  if (nobody(values)) return { [fieldOf[values.audience]]: t(`audience.${values.audience}.needed`) };
  return values.audience !== "picked" && isUnfinished(values.filter) ? { filter: t("filter.unfinished") } : {};
}

/** Where those are kept who are chosen one by one. */
const fieldOf = { lists: "lists", picked: "recipients" };

/** Nobody is not worth counting. */
const nobody = ({ audience, lists, recipients }) => (audience === "lists" && lists.length === 0) || (audience === "picked" && recipients.length === 0);
