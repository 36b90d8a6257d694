// Invented figures for the page that shows all parts.

export const mailing = { status: "running", total: 12480, sent: 8077, bounced: 20, complained: 12, failed: 96, deferred: 19, uncertain: 2, skipped: 40, per_second: 1162, waiting_reason: { code: "server_unreachable", until: new Date(Date.now() + 300_000).toISOString(), detail: "dial tcp 192.0.2.1:25: connect: connection refused" } };

export const people = [
  { id: "1", name: "Marina Sokolova", email: "m.sokolova@mail.example", state: "sent", said: "250 2.0.0 Ok: queued on mail-n1 as 4Xk2", tries: 1 },
  { id: "2", name: "Пётр Ильин", email: "ilin@post.example", state: "failed", said: "550 5.1.1 No such user here", tries: 1 },
  { id: "3", name: "Olga Brandt", email: "olga.brandt.with.a.long.address@department.company.example", state: "deferred", said: "451 4.7.1 Greylisted, try again in 300 s", tries: 3 },
];

export const codes = [
  { code: 550, enhanced_code: "5.1.1", failure: 97 },
  { code: 552, enhanced_code: "5.2.2", failure: 41 },
  { code: 554, enhanced_code: "5.7.1", failure: 18 },
];

export const days = Array.from({ length: 30 }, (_, i) => {
  const sent = Math.round(240 + 120 * Math.sin(i / 4) + (i % 7 === 3 ? 300 : 0));
  return { day: new Date(Date.UTC(2026, 9, 25 + i)).toISOString().slice(0, 10), sent, failure: Math.round(sent * 0.03) };
});

export const trouble = { kind: "offline", title: "The server does not answer", advice: "Check your connection and try again.", detail: "Failed to fetch", fields: {} };

export const checks = [
  { code: "subject", level: "error", detail: { reason: "empty" } },
  { code: "links", level: "warning", detail: { reason: "relative", links: [{ url: "/news", problem: "relative" }] } },
  { code: "suppressed", level: "warning", detail: { reason: "some_suppressed", count: 18 } },
  { code: "template", level: "ok", detail: {} },
  { code: "size", level: "ok", detail: {} },
];
