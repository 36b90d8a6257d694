package openapi

import (
	"time"

	"gonets/hooks/api"
	"gonets/hooks/operator"
	"gonets/internal/backup"
	"gonets/internal/build"
	"gonets/internal/delivery"
	"gonets/internal/doctor"
	"gonets/internal/domain"
	"gonets/internal/intake"
	"gonets/internal/outbox"
	"gonets/internal/relay"
	"gonets/internal/sender"
)

var caught = outbox.Summary{
	ID: "1", From: "News <news@example.com>", To: []string{"ilya@example.com"}, Subject: "Hello", At: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Size: 4711,
	Status: "accepted", Answer: "250 2.0.0 OK",
}

// aboutDomain is a route about a domain that e-mails come from.
func aboutDomain(method, path, id, summary string) Route {
	return Route{
		Method: method, Path: prefix + "/domains/{name}" + path, ID: id, Summary: summary, For: superusers,
		Answers: Answers{200: domain.Report{Name: "example.org", Zone: "example.org", Listed: true, Senders: []string{"News"}, Asked: []string{}, OK: true, Records: []domain.Record{}}},
		Errors:  Errors{404: nil}.with(busyErrors),
	}
}

// operatorRoutes are for whoever runs the instance; the outbox is that of a demo.
var operatorRoutes = []Route{
	{
		Method: get, Path: prefix + "/health", ID: "health", Summary: "How the service does", For: superusers,
		Answers: Answers{200: doctor.Report{OK: true, Version: build.Info{Version: "v1.4.0"}, Checks: []doctor.Finding{
			{Code: "last_backup", Level: "error", Reason: "missed", Detail: "the backup of 2026-11-27 was not made", Values: map[string]any{"seconds": 131520}},
		}}},
	},
	{
		Method: post, Path: prefix + "/backups/{name}/try", ID: "tryBackup", Summary: "Tells whether a backup can be restored", For: superusers,
		Answers: Answers{200: backup.Trial{File: backup.File{Name: "backup.zip", Bytes: 48211034, Made: caught.At}, OK: true, Problems: []string{}, Files: 12}},
		Errors:  Errors{404: nil, 502: nil, 503: nil, 507: nil},
	},
	{
		Method: get, Path: prefix + "/senders/status", ID: "senderStatus", Summary: "How each mail server does now", For: superusers,
		Answers: Answers{200: operator.Servers{Sending: delivery.Here, Servers: []doctor.Server{}}},
	},
	{
		Method: post, Path: prefix + "/senders/{id}/test", ID: "testSender", Summary: "Connects with the mail server of a sender, and logs in", For: superusers,
		Body:    api.SenderTest{To: "me@example.org"},
		Answers: Answers{200: sender.TestResult{OK: true, Stage: relay.StageIdle, Code: 250, Encrypted: true, Pipelining: true, DurationMs: 130}},
		Errors:  Errors{400: {"to.invalid_email", "sender.no_mail_server", "mailing.letter_unusable"}},
	},
	aboutDomain(get, "", "domainRecords", "The records that a domain has to publish, and what the last check found"),
	aboutDomain(get, "/check", "checkDomain", "Asks the name servers of a domain for its records"),
	aboutDomain(post, "/rotate", "rotateKeys", "Makes keys that replace those of a domain once both are published"),
	{
		Method: post, Path: prefix + "/mailboxes/{id}/test", ID: "testMailbox", Summary: "Logs in to a mailbox of bounces and opens its folder", For: superusers,
		Answers: Answers{200: intake.Result{OK: true}}, Errors: Errors{404: {"mailbox.no_mailbox"}},
	},
	{
		Method: post, Path: prefix + "/mailboxes/{id}/read", ID: "readMailbox", Summary: "Reads a mailbox of bounces now", For: superusers,
		Answers: Answers{200: intake.Result{OK: true, Booked: 3}},
		Errors:  Errors{404: {"mailbox.no_mailbox"}, 409: {"active.mailbox_inactive", "mailbox.mailbox_read_elsewhere", "mailbox.mailbox_still_read"}},
	},
	{
		Method: post, Path: prefix + "/bounce_hooks/{id}/test", ID: "testBounceHook", Summary: "Calls a webhook for bounces as its provider would", For: superusers,
		Answers: Answers{200: intake.Probed{OK: true, Address: "https://mail.example.org/hooks/generic/…"}}, Errors: Errors{404: {"webhook.no_webhook"}},
	},
	{
		Method: get, Path: prefix + "/outbox", ID: "listOutbox", Summary: "The mails that a demo has caught, the newest first", For: guests, Revalidated: true,
		Query:   append(paging(), text("search", "A text in them"), number("offset", "How many are left out, in place of page"), number("limit", "How many, in place of perPage")),
		Answers: Answers{200: api.OutboxPage{Page: 1, PerPage: 30, TotalItems: 1, TotalPages: 1, Items: []outbox.Summary{caught}}}, Errors: Errors{404: nil},
	},
	{
		Method: get, Path: prefix + "/outbox/{id}", ID: "viewOutbox", Summary: "One mail that a demo has caught", For: guests, Revalidated: true,
		Answers: Answers{200: outbox.Mail{Summary: caught, Headers: []outbox.Field{}, Attachments: []outbox.Attachment{}, Text: "Hello"}},
	},
	{
		Method: del, Path: prefix + "/outbox", ID: "clearOutbox", Summary: "Forgets what a demo has caught", For: guests, Answers: Answers{204: nil}, Errors: Errors{404: nil},
	},
}
