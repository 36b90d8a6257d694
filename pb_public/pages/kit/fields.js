import { html, useMemo } from "../../html.js";
import { href } from "../../router.js";
import { Button } from "../../parts/button.js";
import { PasswordField, SelectField, TextArea, TextField } from "../../parts/field.js";
import { Form, useForm } from "../../parts/form.js";
import { Card } from "../../parts/page.js";
import { Search } from "../../parts/search.js";
import { toast } from "../../parts/toast.js";

const start = { name: "", email: "anna@", password: "", text: "Several lines,\nas long as one likes.", kind: "b", off: "Nobody can change this", focused: "Being typed in" };

/** Places to type in. @param {{look: string}} props */
export function Fields({ look }) {
  const form = useForm(start, async () => toast("Submitted"));
  useMemo(() => (form.errors.value = { email: "This is not an e-mail address" }), []);
  const options = ["a", "b", "c"].map((value) => ({ value, title: `Option ${value}` }));
  return html`
    <${Card} title="Fields">
      <${Form} form=${form} id=${`kit-fields-${look}`}>
        <div class="even">
          <${TextField} form=${form} name="name" label="Required" required placeholder="Placeholder" />
          <${TextField} form=${form} name="email" type="email" label="With an error" hint="And a hint." />
          <div class="kit-focus"><${TextField} form=${form} name="focused" label="With the focus" /></div>
          <${TextField} form=${form} name="off" label="Disabled" disabled />
          <${PasswordField} form=${form} name="password" label="Password" minlength="8" autocomplete="new-password" aside=${html`<a class="link" href=${href("/kit")}>Aside</a>`} />
          <${SelectField} form=${form} name="kind" label="Select" options=${options} optional />
        </div>
        <${TextArea} form=${form} name="text" label="Text" rows="2" />
        <div class="row"><${Button} kind="primary" type="submit">Submit<//><${Search} value="" label="Search" onSearch=${(words) => words && toast(words)} /></div>
      <//>
    <//>
  `;
}
