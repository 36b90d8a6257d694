import { html } from "../html.js";
import { t } from "../i18n/index.js";
import { Button } from "./button.js";
import { toast } from "./toast.js";

/** Puts a text into the clipboard. @param {{text: string}} props */
export function Copy({ text }) {
  // Browsers give the clipboard to pages from https and from this machine only.
  if (!navigator.clipboard) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  };
  return html`<${Button} kind="quiet" small icon="copy" label=${t("do.copy")} onClick=${copy} />`;
}
