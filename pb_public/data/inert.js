// HTML that others wrote, read without anything in it coming to life.

/** A tag with all its attributes; quoted values may hold anything. */
const tags = /<[a-z][^\s/>]*(?:"[^"]*"|'[^']*'|[^'">])*>/gi;

/** An attribute as HTML reads it (WHATWG § 13.2.5.32–38): its name, and what it has for a value. */
const attributes = /([^\s/>=]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?/g;

/**
 * Takes out handlers of events. They would not run, but the browser would report each of them as a breach of the page's policy.
 * @param {string} html
 */
export const withoutHandlers = (html) =>
  html.replace(tags, (tag) => {
    if (!/[\s/"']on/i.test(tag)) return tag;
    const begin = /^<[^\s/>]*/.exec(tag)[0].length;
    return tag.slice(0, begin) + tag.slice(begin).replace(attributes, (attribute, name) => (/^on[a-z]/i.test(name) ? "" : attribute));
  });

/** A document that loads nothing and runs nothing. @param {string} html */
export const inertDocument = (html) => new DOMParser().parseFromString(withoutHandlers(html), "text/html");
