import { html, useState } from "../html.js";
import { number, t } from "../i18n/index.js";
import { statuses } from "../data/mailings.js";
import { href } from "../router.js";
import { ask } from "../parts/ask.js";
import { Badge } from "../parts/badge.js";
import { Button } from "../parts/button.js";
import { ChartFrame, DayBars } from "../parts/chart.js";
import { Dialog } from "../parts/dialog.js";
import { Empty } from "../parts/empty.js";
import { Check, CheckField, Choice, PasswordField, SelectField, TextArea, TextField } from "../parts/field.js";
import { Figures } from "../parts/figures.js";
import { Form, useForm } from "../parts/form.js";
import { LiveProgress } from "../parts/live-progress.js";
import { Menu } from "../parts/menu.js";
import { Note } from "../parts/note.js";
import { Card, PageHead } from "../parts/page.js";
import { Pager } from "../parts/pager.js";
import { Period } from "../parts/period.js";
import { Reasons } from "../parts/reasons.js";
import { Search } from "../parts/search.js";
import { Skeleton } from "../parts/skeleton.js";
import { ClientBadge, MailingBadge, RecipientBadge } from "../parts/state-badge.js";
import { Stepper } from "../parts/stepper.js";
import { Table } from "../parts/table.js";
import { Tabs } from "../parts/tabs.js";
import { toast } from "../parts/toast.js";
import { TroubleNote, TroubleState } from "../parts/trouble.js";
import { ZoneField } from "../parts/zone-field.js";
import { codes, days, mailing, people, trouble } from "./kit/samples.js";

/** All parts on one page, with invented figures. Not in the menu; for those who build. */
export default function KitPage() {
  return html`
    <${PageHead} title="Kit" lead="Every part of the interface, in this theme and this language." crumb=${html`<a href=${href("/")}>${t("nav.home")}</a>`}
      acts=${html`<${Button} icon="plus">Second<//><${Button} kind="primary" icon="send">First<//>`} />
    <${Buttons} />
    <${Fields} />
    <${Overlays} />
    <${States} />
    <${Data} />
    <${Absence} />
  `;
}

function Buttons() {
  return html`
    <${Card} title="Button">
      <div class="row">
        <${Button} kind="primary" icon="send">Primary<//><${Button} icon="copy">Plain<//><${Button} kind="quiet" icon="eye">Quiet<//><${Button} kind="danger" icon="trash">Danger<//>
        <${Button} busy>Busy<//><${Button} disabled>Disabled<//><${Button} kind="primary" disabled>Disabled<//><${Button} small icon="rotate-cw">Small<//><${Button} icon="ellipsis" label="Alone" /><${Button} href=${href("/kit")}>Link<//>
      </div>
    <//>
  `;
}

function Fields() {
  const form = useForm({ name: "", email: "anna@", password: "", text: "", kind: "b", zone: "Europe/Moscow", agree: true, choice: "one" }, async () => toast("Submitted"));
  const options = ["a", "b", "c"].map((value) => ({ value, title: `Option ${value}` }));
  const choices = [{ value: "one", title: "One", hint: "With a word of explanation." }, { value: "two", title: "Two", hint: "And another." }, { value: "three", title: "Three", hint: "Not now.", disabled: true }];
  return html`
    <${Card} title="Field, select, choice">
      <${Form} form=${form}>
        <div class="even">
          <${TextField} form=${form} name="name" label="Required" required placeholder="Placeholder" />
          <${TextField} form=${form} name="email" type="email" label="E-mail" hint="With a hint." required />
          <${PasswordField} form=${form} name="password" label="Password" minlength="8" aside=${html`<a class="link" href=${href("/kit")}>Aside</a>`} />
          <${SelectField} form=${form} name="kind" label="Select" options=${options} optional />
          <${ZoneField} form=${form} name="zone" label="One of very many" />
        </div>
        <${TextArea} form=${form} name="text" label="Text" rows="2" />
        <${CheckField} form=${form} name="agree" label="Check" hint="With a hint." />
        <${Choice} name="choice" legend="Choice" options=${choices} value=${form.values.value.choice} onChange=${(value) => form.set("choice", value)} />
        <div class="row"><${Button} kind="primary" type="submit">Submit<//><${Search} value="" label="Search" onSearch=${(words) => words && toast(words)} /></div>
      <//>
    <//>
  `;
}

function Overlays() {
  const [open, setOpen] = useState(false);
  const items = [
    { title: "Edit", icon: "pencil", run: () => toast("Edited", { undo: { title: "Undo", run: () => toast("Undone") } }) },
    { title: "Choice in force", checked: true, run: () => {} },
    { title: "Go home", icon: "house", href: href("/") },
    { title: "Delete", icon: "trash", grave: true, apart: true, run: () => toast("It could not be deleted", { tone: "bad" }) },
  ];
  return html`
    <${Card} title="Dialog, question, toast, menu">
      <div class="row">
        <${Button} onClick=${() => setOpen(true)}>Dialog<//>
        <${Button} onClick=${() => ask({ title: "Delete “Autumn menu”?", text: "This cannot be undone.", act: "Delete", grave: true })}>Question<//>
        <${Button} onClick=${() => toast("Saved")}>Toast<//>
        <${Menu} label="Menu" items=${items} opener=${(attributes) => html`<${Button} icon="chevron-down" ...${attributes}>Menu<//>`} />
      </div>
      ${open && html`<${Dialog} title="Dialog" onClose=${() => setOpen(false)} acts=${html`<${Button} onClick=${() => setOpen(false)}>Close<//><${Button} kind="primary">Do it<//>`}><p class="muted">On a phone this is a sheet from below.</p><//>`}
    <//>
  `;
}

function States() {
  return html`
    <${Card} title="Badge, note, stepper">
      <div class="row">${["idle", "run", "ok", "warn", "bad"].map((tone) => html`<${Badge} key=${tone} tone=${tone}>${tone}<//>`)}</div>
      <div class="row">${statuses.map((status) => html`<${MailingBadge} key=${status} mailing=${{ status }} />`)}<${MailingBadge} mailing=${{ blocked: true }} /></div>
      <div class="row">${["pending", "sending", "sent", "failed", "deferred", "uncertain", "skipped"].map((state) => html`<${RecipientBadge} key=${state} recipient=${{ state }} />`)}</div>
      <div class="row">${["active", "unsubscribed", "bounced", "complained"].map((status) => html`<${ClientBadge} key=${status} status=${status} />`)}</div>
      ${["info", "ok", "warn", "bad"].map((tone) => html`<${Note} key=${tone} tone=${tone} acts=${html`<${Button} small>Act<//>`}><b>Something to know.</b> And what follows from it.<//>`)}
      <${Stepper} current="two" steps=${[{ key: "one", title: "Message", done: true, href: href("/kit") }, { key: "two", title: "Audience" }, { key: "three", title: "When" }]} />
    <//>
  `;
}

function Data() {
  const [chosen, choose] = useState(new Set(["2"]));
  const [sort, setSort] = useState("name");
  const [period, setPeriod] = useState({ from: "2026-11-01", to: "2026-11-23" });
  const columns = [
    { title: "Name", sort: "name", phone: "head", cell: ({ name, email }) => html`<span class="who"><b>${name}</b><small>${email}</small></span>` },
    { title: "State", phone: "side", cell: (person) => html`<${RecipientBadge} recipient=${person} />` },
    { title: "Answer", look: "said", cell: ({ said }) => said },
    { title: "Tries", sort: "tries", figures: true, phone: "none", cell: ({ tries }) => number(tries) },
  ];
  return html`
    <${Figures} items=${[{ label: "Mailings", value: number(18), note: "3 this week" }, { label: "Running", value: number(1) }, { label: "Recipients", value: number(12480) }, { label: "Being read" }]} />
    <${Card} title="Progress" flush><${LiveProgress} mailing=${mailing} /><//>
    <section class="card" aria-label="Table">
      <${Tabs} label="Tabs" current="all" items=${[{ key: "all", title: "All", count: 3, href: href("/kit") }, { key: "sent", title: "Sent", count: 1, href: href("/kit") }]} />
      <${Table} label="People" columns=${columns} rows=${people} chosen=${chosen} onChoose=${choose} sort=${sort} onSort=${setSort} href=${() => href("/kit")} />
      <${Pager} page=${2} perPage=${3} shown=${3} totalItems=${1204} onPage=${() => {}} />
      <div class="toolbar"><${Period} query=${period} usual=${30} onChange=${(next) => setPeriod({ ...period, ...next })} /></div>
    </section>
    <div class="two">
      <${ChartFrame} title="Chart" right="9,386" table=${{ head: ["Day", "Sent"], rows: days.map(({ day, sent }) => [day, number(sent)]) }}><${DayBars} days=${days} label="Sent by day" /><//>
      <${Card} title="Reasons" flush><${Reasons} codes=${codes} /><//>
    </div>
  `;
}

function Absence() {
  const [, setChecked] = useState(false);
  return html`
    <div class="even">
      <${Card} title="Skeleton" flush><${Skeleton} rows=${4} /><//>
      <section class="card" aria-label="Empty"><${Empty} icon="users" title="No clients yet" acts=${html`<${Button} kind="primary">Import<//>`}>What to do about it.<//></section>
      <section class="card" aria-label="Trouble"><${TroubleState} trouble=${trouble} retry=${() => {}} /></section>
      <div class="stack"><${TroubleNote} trouble=${trouble} retry=${() => {}} /><${Check} label="A bare check" checked=${false} onChange=${setChecked} /></div>
    </div>
  `;
}
