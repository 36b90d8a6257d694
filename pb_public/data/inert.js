// HTML that others wrote, read without anything in it coming to life.

/** A tag with all its attributes; quoted values may hold anything. */
const tags = /<[a-z][^\s/>]*(?:"[^"]*"|'[^']*'|[^'">])*>/gi;
const handlers = /[\s/"']on[a-z]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*)/gi;

/**
 * Takes out handlers of events. They would not run, but the browser would report each of them as a breach of the page's policy.
 * @param {string} html
 */
export const withoutHandlers = (html) => html.replace(tags, (tag) => (/[\s/"']on/i.test(tag) ? tag.replace(handlers, (found) => (/["']/.test(found[0]) ? found[0] : " ")) : tag));

/** A document that loads nothing and runs nothing. @param {string} html */
export const inertDocument = (html) => new DOMParser().parseFromString(withoutHandlers(html), "text/html");
