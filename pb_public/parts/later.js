import { html, useEffect, useState } from "../html.js";
import { learn } from "../i18n/index.js";

/**
 * A component that few need: it comes with its words when it is shown, and until then there is nothing.
 * @param {{load: () => Promise<any>, words: string} & Record<string, any>} props load: of a module whose default is the component; the rest is for the component
 */
export function Later({ load, words, ...props }) {
  const [Part, show] = useState(null);
  useEffect(() => {
    let gone = false;
    Promise.all([load(), learn(words)]).then(([module]) => gone || show(() => module.default), ignore);
    return () => {
      gone = true;
    };
  }, []);
  return Part && html`<${Part} ...${props} />`;
}

function ignore() {}
