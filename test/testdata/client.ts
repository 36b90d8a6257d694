// A program with the client that @hey-api/openapi-ts generates: it lists clients, sends a mailing and an email, and says what
// became of them. The test generates ./client and checks the types of all of it.
import { client } from "./client/client.gen";
import { clientsList, mailingsCreate, mailingsView, messagesCreate, sendMailing, sendTransactional } from "./client";

declare const process: { env: Record<string, string | undefined>; exitCode: number };

client.setConfig({ baseUrl: process.env.GONETS_URL, auth: process.env.GONETS_TOKEN });

async function run(): Promise<void> {
  const clients = await clientsList({ query: { perPage: 10, sort: "email" }, throwOnError: true });
  const emails = clients.data.items.map(({ email }) => email);
  const message = await messagesCreate({ body: { name: "Spring", subject: "Spring", format: "text", body: "Hello!" }, throwOnError: true });
  const mailing = await mailingsCreate({ body: { name: "Spring", message: message.data.id, audience: "everyone" }, throwOnError: true });
  const id = mailing.data.id;
  await sendMailing({ path: { id }, headers: { "Idempotency-Key": id }, throwOnError: true });
  let status: string = "running";
  while (status === "running") {
    await new Promise((done) => setTimeout(done, 200));
    status = (await mailingsView({ path: { id }, throwOnError: true })).data.status;
  }
  const sent = await sendTransactional({ body: { to: ["buyer@example.org"], subject: "Order 17", text: "Thank you" }, throwOnError: true });
  const refused = await sendTransactional({ body: { to: [], subject: "Order 17", text: "Thank you" } });
  console.log(JSON.stringify({ emails, status, recipients: sent.data.recipients.length, refused: refused.error?.status }));
}

run().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
