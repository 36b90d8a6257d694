// Mail services: where their servers are, and how one speaks with them.

/** @typedef {{key: string, host: string, port: number, tls: "none" | "starttls" | "implicit", username?: string}} Preset */

/** username: what services want that do not want the address. @type {Preset[]} */
export const presets = [
  { key: "postfix", host: "localhost", port: 25, tls: "none" },
  { key: "yandex", host: "smtp.yandex.ru", port: 465, tls: "implicit" },
  { key: "mailru", host: "smtp.mail.ru", port: 465, tls: "implicit" },
  { key: "gmail", host: "smtp.gmail.com", port: 465, tls: "implicit" },
  { key: "ses", host: "email-smtp.eu-central-1.amazonaws.com", port: 587, tls: "starttls" },
  { key: "mailgun", host: "smtp.mailgun.org", port: 587, tls: "starttls" },
  { key: "brevo", host: "smtp-relay.brevo.com", port: 587, tls: "starttls" },
  { key: "postmark", host: "smtp.postmarkapp.com", port: 587, tls: "starttls" },
  { key: "other", host: "", port: 587, tls: "starttls" },
];

/** The usual port of a way to encrypt. */
export const ports = { none: 25, starttls: 587, implicit: 465 };

/** Hosts that belong to a preset although it names another one of them. */
const families = { ses: /^email-smtp\.[a-z0-9-]+\.amazonaws\.com$/, mailgun: /^smtp\.(eu\.)?mailgun\.org$/ };

/** The preset that a host belongs to. @param {string} host */
export const presetOf = (host) => (presets.find((one) => one.host === host || families[one.key]?.test(host)) ?? presets.at(-1)).key;

/** The port after the encryption has changed: a port of one's own stays. @param {Preset["tls"]} tls @param {string} port */
export const portFor = (tls, port) => (port === "" || Object.values(ports).includes(Number(port)) ? String(ports[tls]) : port);

/** The encryption after the port has changed. @param {string} port @param {Preset["tls"]} tls @returns {Preset["tls"]} */
export function tlsFor(port, tls) {
  if (Number(port) === ports.implicit) return "implicit";
  return Number(port) === ports.starttls ? "starttls" : tls;
}
