package openapi

import (
	"gonets/hooks/api"
	"gonets/internal/preflight"
	"gonets/internal/preview"
	"gonets/internal/stats"
	"gonets/internal/testsend"
)

var (
	unmade = []string{
		"body.broken_template", "body.template_limit", "body.unusable", "body.public_address_unusable", "sender.from_unusable", "reply_to.reply_to_unusable",
		"client.client_unusable",
	}
	draftBad = join(unmade, []string{
		"body.too_long", "example.too_long", "format.unknown_format", "id.invalid_reference", "sender.invalid_reference", "client.invalid_reference",
		"from_name.no_line_breaks", "reply_to.invalid_email",
	})
	testBad    = []string{"to.required", "to.too_many", "to.invalid_email", "sender.no_mail_server", "message.no_message", "client.invalid_reference"}
	testErrors = Errors{
		403: join([]string{"mailing.blocked", "owner.awaiting_approval"}, notAllowed),
		429: {"to.test_limit", "to.owner_daily_quota", "to.sender_daily_limit"}, 503: {"message.mails_busy"},
	}
)

var draft = preview.Request{Subject: "Hello, {{ client.full_name }}", Format: "html", Body: "<p>Hello</p>"}

var tested = testsend.Answer{Left: 18, Results: []testsend.Result{
	{Email: "me@example.org", Status: stats.Success, Code: 250, EnhancedCode: "2.0.0", Response: "250 2.0.0 Ok: queued as 4Xk2"},
}}

var checks = []preflight.Check{{Code: "subject", Level: preflight.Error, Detail: preflight.Detail{"text": "The subject is empty.", "reason": "empty"}}}

var messageRoutes = []Route{
	{
		Method: get, Path: mailings + "/preview", ID: "previewMailing", Summary: "The mail as one client gets it",
		Query:   []Param{text("client", "The id of the client; the first of the audience if it is left out")},
		Answers: Answers{200: api.Preview{Subject: "Hello, Ilya", HTML: "<p>Hello</p>", Text: "Hello", Source: "From: …"}},
		Errors:  Errors{400: append([]string{"message.no_message"}, unmade...), 403: senderDenied, 503: {"message.mails_busy"}}.with(busyErrors),
	},
	{
		Method: get, Path: mailings + "/preflight", ID: "checkMailing", Summary: "Checks a mailing before it is sent",
		Answers: Answers{200: preflight.Report{Checks: checks}}, Errors: Errors{503: {"message.mails_busy"}}.with(busyErrors),
	},
	{
		Method: post, Path: mailings + "/test", ID: "testMailing", Summary: "Sends the mail to some addresses to try it out", Headers: []Param{idempotencyKey},
		Body: api.MailingTest{To: []string{"me@example.org"}}, Needs: []string{"to"},
		Answers: Answers{200: tested}, Errors: testErrors.with(Errors{400: join(testBad, unmade)}),
	},
	{
		Method: post, Path: prefix + "/messages/preview", ID: "previewDraft", Summary: "A draft as one client gets it, and what is wrong with it", Body: draft,
		Answers: Answers{200: api.Preview{Subject: "Hello, Ilya", HTML: "<p>Hello</p>", Text: "Hello", Source: "From: …", Checks: checks}},
		Errors:  Errors{400: draftBad, 503: {"message.mails_busy"}}.with(busyErrors),
	},
	{
		Method: post, Path: prefix + "/messages/test", ID: "testDraft", Summary: "Sends a draft to some addresses to try it out", Headers: []Param{idempotencyKey},
		Body: api.DraftTest{Request: draft, To: []string{"me@example.org"}}, Needs: []string{"to"},
		Answers: Answers{200: tested}, Errors: testErrors.with(Errors{400: join(testBad, draftBad)}),
	},
	rewriting("html", "markdownToHTML", "Rewrites Markdown as HTML; tags of the template stay", "**Hi**"),
	rewriting("text", "htmlToText", "Rewrites HTML as plain text", "<p>Hi</p>"),
}

func rewriting(name, id, summary, body string) Route {
	return Route{
		Method: post, Path: prefix + "/messages/" + name, ID: id, Summary: summary, Body: api.Rewritten{Body: body},
		Answers: Answers{200: api.Rewritten{Body: "Hi"}},
		Errors:  Errors{400: {"body.too_long", "body.unusable"}, 503: {"message.mails_busy"}}.with(busyErrors),
	}
}
