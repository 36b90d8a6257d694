import { html, useState } from "../../html.js";
import { ago, bytes, fullTime, t } from "../../i18n/index.js";
import { deleteBackup, downloadBackup, makeBackup, restoreBackup, tryBackup, useBackups } from "../../data/backups.js";
import { ask } from "../../parts/ask.js";
import { Button } from "../../parts/button.js";
import { confirmDelete } from "../../parts/delete.js";
import { Loaded } from "../../parts/loaded.js";
import { Menu } from "../../parts/menu.js";
import { Note } from "../../parts/note.js";
import { Card, PageHead } from "../../parts/page.js";
import { toast, toastTrouble } from "../../parts/toast.js";
import { BackupSchedule } from "./backups/schedule.js";

/** Backups: those there are, and when and where they are made. */
export default function BackupsPage() {
  const backups = useBackups();
  const [making, setMaking] = useState(false);
  const make = async () => {
    setMaking(true);
    await makeBackup().then(() => toast(t("backup.made")), toastTrouble);
    setMaking(false);
  };
  return html`
    <${PageHead} title=${t("settings.backups")} lead=${t("backups.lead")} acts=${html`<${Button} kind="primary" icon="plus" busy=${making} onClick=${make}>${t("backup.make")}<//>`} />
    <div class="two settings-form">
      <${Card} title=${t("backups.there")} flush>
        <${Loaded} query=${backups} rows=${4}>${(found) =>
          found.length === 0 ? html`<p class="inside muted">${t("backups.none")}</p>` : html`<ul class="lines">${found.map((one) => html`<${BackupLine} key=${one.key} backup=${one} />`)}</ul>`}
        <//>
      <//>
      <${BackupSchedule} />
    </div>
  `;
}

/** @param {{backup: import("../../data/backups.js").Backup}} props */
function BackupLine({ backup: { key, size, modified } }) {
  const [trial, show] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const tryIt = async () => {
    setBusy(true);
    show(null);
    await tryBackup(key).then(show, toastTrouble);
    setBusy(false);
  };
  const restore = async () => {
    if (!(await ask({ title: t("backup.restore.title"), text: t("backup.restore.text", { when: fullTime(modified) }), act: t("backup.restore"), grave: true }))) return;
    setBusy(true); // it is tried first
    await restoreBackup(key).then(() => toast(t("backup.restoring")), toastTrouble);
    setBusy(false);
  };
  const items = [
    { title: t("backup.download"), icon: "download", run: () => downloadBackup(key).catch(toastTrouble) },
    { title: t("backup.restore"), icon: "rotate-ccw-clock", run: restore, grave: true },
    { title: t("do.delete"), icon: "trash", run: () => confirmDelete({ title: t("backup.delete.title"), text: t("backup.delete.text", { name: key }) }, () => deleteBackup(key)), grave: true, apart: true },
  ];
  return html`
    <li class="way">
      <div class="who">
        <b>${ago(modified)}</b> <small class="faint">${bytes(size)}</small>
        <small class="faint wrap">${key}</small>
        ${trial && html`<${Note} tone=${trial.ok ? "ok" : "bad"} live>
          ${trial.ok ? t("backup.ok", { files: trial.files, clients: trial.clients, mailings: trial.mailings }) : t("backup.broken")}
          ${trial.problems.map((problem) => html`<p class="said" key=${problem}>${problem}</p>`)}
        <//>`}
      </div>
      <span class="row-acts">
        <${Button} small busy=${busy} onClick=${tryIt}>${t("backup.try")}<//>
        <${Menu} label=${key} items=${items} opener=${(attributes) => html`<${Button} kind="quiet" small icon="ellipsis" label=${t("backup.acts", { name: key })} ...${attributes} />`} />
      </span>
    </li>
  `;
}
