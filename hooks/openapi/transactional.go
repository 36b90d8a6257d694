package openapi

import (
	"gonets/hooks/api"
	"gonets/internal/mailing"
	"gonets/internal/transactional"
)

var callBad = []string{
	"to.required", "to.too_many_recipients", "to.invalid_email", "to.data_too_long", "to.duplicate", "reply_to.invalid_email", "message.two_contents",
	"subject.required", "html.required", "markdown.two_contents", "subject.too_long", "from_name.no_line_breaks", "data.invalid_data", "data.data_too_long",
	"message.invalid_reference", "message.no_subject", "attachments.too_many_files", "attachments.invalid_name", "attachments.unreadable",
	"idempotency_key.key_too_long", "sender.invalid_reference", "sender.no_mail_server", "message.no_message", "message.letter_unusable",
}

var call = transactional.Line{
	ID: exampleID, Owner: exampleID, Source: transactional.FromAPI, Subject: "Order {{ data.number }}", FromEmail: "shop@example.com", Email: "ilya@example.com",
	Total: 1, Created: exampleTime, States: map[mailing.State]int{mailing.Sent: 1},
}

// transactionalRoutes are about the e-mails that programs send one by one.
var transactionalRoutes = []Route{
	{
		Method: post, Path: prefix + "/transactional", ID: "sendTransactional", Summary: "Sends an e-mail to up to 100 addresses; files may come in a multipart form",
		Headers: []Param{idempotencyKey},
		Body: api.CallRequest{
			To: []api.CallRecipient{{Email: "ilya@example.com", FullName: "Ilya Petrov", Data: map[string]any{"total": "120 €"}}}, Subject: "Order {{ data.number }}",
			HTML: "<p>You pay {{ data.total }}.</p>", Data: map[string]any{"number": 17}, Attachments: []api.CallAttachment{},
		}, Needs: []string{"to"},
		Answers: Answers{202: transactional.Accepted{ID: exampleID, Recipients: []transactional.AcceptedRecipient{{ID: exampleID, Email: "ilya@example.com"}}}},
		Errors: Errors{
			400: join(callBad, unmade), 403: join([]string{"to.no_transactional_quota"}, notAllowed), 409: {"idempotency_key.key_used"},
			413: {"attachments.file_too_large", "attachments.storage_full"}, 429: {"to.transactional_quota", "to.too_many_waiting"}, 503: {"message.mails_busy"},
		},
	},
	{
		Method: get, Path: prefix + "/transactional", ID: "listTransactional", Summary: "E-mails that programs have sent, the newest first",
		Query: append(paging(), text("search", "A text in addresses and subject"), text("before", "The id of the last of the page before"),
			text("owner", "For managers: those of one user"), text("skipTotal", "1 counts nothing, which is quicker")),
		Answers: Answers{200: transactional.Page{Page: 1, PerPage: 30, TotalItems: 1, TotalPages: 1, Items: []*transactional.Line{&call}}},
		Errors:  Errors{400: {"search.too_long", "search.search_too_slow", "before.unknown_call"}, 404: nil},
	},
	{
		Method: get, Path: prefix + "/transactional/{id}", ID: "viewTransactional", Summary: "One call, and what became of each of its e-mails",
		Answers: Answers{200: transactional.History{Line: call, Recipients: []transactional.RecipientLine{{
			ID: exampleID, Email: "ilya@example.com", State: mailing.Sent, Tries: 1, Attempts: []transactional.Attempt{}, Bounces: []transactional.Bounce{},
		}}}},
	},
}
