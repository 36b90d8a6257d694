import { html, useState } from "../../html.js";
import { t } from "../../i18n/index.js";
import { Copy } from "../../parts/copy.js";
import { Card } from "../../parts/page.js";

const ways = ["link", "frame", "html", "fetch"];

/** How a form gets into a site. @param {{id: string, fields: import("../../data/forms.js").Question[]}} props */
export function FormCode({ id, fields }) {
  const [way, choose] = useState("link");
  const code = written[way](`${location.origin}/f/${id}`, fields);
  return html`
    <${Card} title=${t("forms.code")}>
      <div class="stack">
        <div class="segments" role="group" aria-label=${t("forms.code")}>
          ${ways.map((name) => html`<button key=${name} type="button" aria-pressed=${way === name} onClick=${() => choose(name)}>${t(`forms.code.${name}`)}</button>`)}
        </div>
        <p class="hint">${t(`forms.code.${way}.hint`)}</p>
        <div class="form-code"><pre tabindex="0" role="region" aria-label=${t(`forms.code.${way}`)}><code>${code}</code></pre><${Copy} text=${code} /></div>
      </div>
    <//>
  `;
}

const escaped = (text) => text.replace(/[&<>"]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[one]);

/** @type {Record<string, (address: string, fields: import("../../data/forms.js").Question[]) => string>} */
const written = {
  link: (address) => address,
  frame: (address) => `<iframe src="${address}" title="${escaped(t("forms.code.title"))}" style="width:100%;height:640px;border:0"></iframe>`,
  html: (address, fields) => [
    `<form method="post" action="${address}">`,
    `  <label>${escaped(t("forms.code.email"))} <input type="email" name="email" required></label>`,
    ...fields.map((field) => `  ${control(field)}`),
    `  <button>${escaped(t("forms.code.subscribe"))}</button>`,
    `</form>`,
  ].join("\n"),
  fetch: (address, fields) => `const form = "${address}";
const hex = (bytes) => Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");
const { maxnumber, ...puzzle } = await (await fetch(form + "/challenge")).json();
let number = 0;
while (hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(puzzle.salt + number))) !== puzzle.challenge) number++;
const answer = await fetch(form, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({
    email: "anna@example.com",
${fields.map(({ name, type, choices }) => `    ${JSON.stringify(name)}: ${example(type, choices)},\n`).join("")}    altcha: btoa(JSON.stringify({ ...puzzle, number })),
  }),
});`,
};

/** @param {import("../../data/forms.js").Question} field */
function control({ name, label, type, required, choices = [] }) {
  const words = escaped(label || (name === "full_name" ? t("forms.question.fullName") : name));
  const needed = required ? " required" : "";
  const named = `name="${escaped(name)}"${needed}`;
  if (type === "checkbox") return `<label><input type="checkbox" ${named} value="true"> ${words}</label>`;
  if (type === "choice") return `<label>${words} <select ${named}><option></option>${choices.map((one) => `<option>${escaped(one)}</option>`).join("")}</select></label>`;
  return `<label>${words} <input type="${type}" ${named}></label>`;
}

const example = (type, choices) => ({ text: '""', date: '"1990-05-06"', checkbox: "true", choice: JSON.stringify(choices?.[0] ?? "") })[type];
