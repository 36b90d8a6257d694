// Gonets from JavaScript, with Node.js 18 or newer and no packages. Needs GONETS_URL (https://mail.example.org) and
// GONETS_TOKEN (gnt_…).
//
//   node gonets.mjs add-client EMAIL NAME
//   node gonets.mjs send-mailing SUBJECT TEXT
//   node gonets.mjs send-email EMAIL SUBJECT TEXT
//   node gonets.mjs listen PORT            tells of bounces as they come; needs GONETS_SECRET (whsec_…)
//   node gonets.mjs unsubscribe EMAIL
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { argv, env, exit } from "node:process";
import { setTimeout as wait } from "node:timers/promises";

/** Calls a route and returns the answer. An error of Gonets says in English what to do. */
async function api(method, path, body, headers = {}) {
  const answer = await fetch(env.GONETS_URL + path, {
    method,
    body: body && JSON.stringify(body),
    headers: { Authorization: `Bearer ${env.GONETS_TOKEN}`, "Content-Type": "application/json", ...headers },
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function addClient(email, name) {
  return (await api("POST", "/api/collections/clients/records", { email, full_name: name })).id;
}

async function sendMailing(subject, text) {
  const message = await api("POST", "/api/collections/messages/records", { name: subject, subject, format: "text", body: text });
  const { id } = await api("POST", "/api/collections/mailings/records", { name: subject, message: message.id, audience: "everyone" });
  // With the key, asking again after a lost answer sends nothing twice.
  await api("POST", `/api/gonets/mailings/${id}/send`, undefined, { "Idempotency-Key": id });
  for (;;) {
    const now = await api("GET", `/api/collections/mailings/records/${id}`);
    if (now.status !== "running") return `${now.status}: ${now.sent} of ${now.total} sent`;
    await wait(1000);
  }
}

/** Sends one email, such as the confirmation of an order, for which nobody has to be a client. */
async function sendEmail(email, subject, text) {
  // The key belongs to this email: the number of the order, for example.
  return (await api("POST", "/api/gonets/transactional", { to: [email], subject, text }, { "Idempotency-Key": randomUUID() })).id;
}

/** Whether a call of a webhook is Gonets' own and new. The package "standardwebhooks" does the same. */
function verified(secret, headers, body) {
  const { "webhook-id": id = "", "webhook-timestamp": at = "", "webhook-signature": signatures = "" } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(at)) < 300)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const right = Buffer.from("v1," + createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64"));
  return signatures.split(" ").some((one) => one.length === right.length && timingSafeEqual(Buffer.from(one), right));
}

function listen(port) {
  const server = createServer(async (request, answer) => {
    request.setEncoding("utf8");
    let body = "";
    for await (const part of request) body += part;
    if (!verified(env.GONETS_SECRET, request.headers, body)) return answer.writeHead(401).end();
    // Answer first: what takes long is done afterwards.
    answer.writeHead(204).end();
    const { type, data } = JSON.parse(body);
    if (type === "recipient.bounced") console.log(data.email, data.kind, data.diagnostic);
  });
  return new Promise((_, reject) => server.on("error", reject).listen(Number(port), "127.0.0.1"));
}

async function unsubscribe(email) {
  return (await api("POST", "/api/collections/suppressions/records", { value: email, reason: "unsubscribed" })).id;
}

const verbs = { "add-client": addClient, "send-mailing": sendMailing, "send-email": sendEmail, listen, unsubscribe };
const [verb, ...args] = argv.slice(2);
if (!verbs[verb] || args.length === 0) {
  console.error(`usage: node gonets.mjs ${Object.keys(verbs).join("|")} …`);
  exit(2);
}
try {
  console.log(await verbs[verb](...args));
} catch (error) {
  console.error(error.message);
  exit(1);
}
