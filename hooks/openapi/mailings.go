package openapi

import (
	"net/http"

	"gonets/hooks/api"
	"gonets/internal/launch"
	"gonets/internal/mailing"
	"gonets/internal/results"
)

const mailings = prefix + "/mailings/{id}"

var (
	unreadable   = []string{"mailing.unreadable"}
	audienceBad  = []string{"audience.unknown_audience", "lists.unknown_list", "recipients.unknown_client", "recipients.too_many"}
	filterBad    = []string{"filter.filter_too_long", "filter.filter_unreadable", "filter.filter_unknown_field", "filter.filter_function", "filter.filter_too_complex", "filter.filter_pattern_too_long", "filter.filter_too_slow"}
	senderDenied = []string{"sender.sender_not_allowed", "sender.default_sender_closed"}
	notAllowed   = append([]string{"mailing.blocked", "mailing.owner_blocked", "mailing.owner_not_verified", "mailing.awaiting_approval"}, senderDenied...)
)

// cannotSend are the errors of a mailing that cannot be sent as it is.
var cannotSend = Errors{
	http.StatusBadRequest: join([]string{
		"sender.no_mail_server", "message.no_message", "message.no_subject", "message.broken_template", "message.letter_unusable", "message.storage_full",
		"audience.audience_empty", "audience.audience_suppressed", "ends_at.ended", "repeat.repeats",
	}, audienceBad, filterBad),
	http.StatusForbidden: notAllowed,
	http.StatusConflict:  {"mailing.wrong_state", "mailing.launching", "mailing.id_used_before"},
}

var idempotencyKey = text("Idempotency-Key", "At most 255 bytes of your choice: another request with the same gets the first answer again")

// verb is a route that changes a mailing.
func verb(name, id, summary string, answer any, errors Errors) Route {
	return Route{
		Method: post, Path: mailings + "/" + name, ID: id, Summary: summary, Answers: Answers{200: answer},
		Errors: errors.with(Errors{403: {"mailing.blocked"}, 404: {"mailing.not_found"}, 409: {"mailing.wrong_state", "mailing.launching"}}),
	}
}

func done(status mailing.Status) mailing.Done { return mailing.Done{ID: exampleID, Status: status} }

var queued = mailing.Queued{Done: done(mailing.Running), Recipients: 41}

var mailingRoutes = []Route{
	{
		Method: post, Path: mailings + "/send", ID: "sendMailing", Summary: "Launches a mailing now", Headers: []Param{idempotencyKey},
		Answers: Answers{202: launch.Launched{ID: exampleID, Status: mailing.Running, Total: 12480}},
		Errors:  cannotSend.with(Errors{404: {"mailing.not_found"}}),
	},
	with(verb("schedule", "scheduleMailing", "Launches a mailing at a time", done(mailing.Scheduled), cannotSend.with(Errors{
		400: append([]string{"starts_at.starts_at_required", "starts_at.starts_at_invalid", "starts_at.starts_at_passed", "starts_at.ends_before_start"}, unreadable...),
	})), api.Schedule{StartsAt: "2026-12-24 08:00:00Z"}, "starts_at"),
	verb("unschedule", "unscheduleMailing", "Takes the start of a scheduled mailing back", done(mailing.Created), nil),
	verb("pause", "pauseMailing", "Stops a running mailing within two seconds", done(mailing.Paused), nil),
	verb("resume", "resumeMailing", "Lets a paused mailing go on", done(mailing.Running), cannotSend),
	verb("cancel", "cancelMailing", "Ends a mailing; the rest become skipped", done(mailing.Cancelled), nil),
	with(verb("retry", "retryMailing", "Queues recipients again", queued, cannotSend.with(Errors{
		400: append([]string{"states.states_invalid", "recipients.too_many", "recipients.required"}, unreadable...),
	})), api.Retry{States: []mailing.State{mailing.Failed}}, "states"),
	verb("accept", "acceptUncertain", "Takes the uncertain recipients as sent", queued, Errors{400: {"states.states_invalid"}}),
	verb("extend", "extendMailing", "Sends a completed mailing to those who joined its audience since", queued, cannotSend),
	verb("duplicate", "duplicateMailing", "Makes a mailing with the same message and audience", done(mailing.Created), Errors{400: {"message.cannot_be_copied"}, 403: notAllowed}),
	forManagers(with(verb("block", "blockMailing", "Blocks a mailing", done(mailing.Paused), Errors{
		400: append([]string{"reason.required", "reason.too_long"}, unreadable...),
	}), api.Block{Reason: "The list was bought"}, "reason")),
	forManagers(verb("unblock", "unblockMailing", "Takes the block of a mailing back", done(mailing.Paused), nil)),
	{
		Method: get, Path: mailings + "/joined", ID: "joinedSince", Summary: "How many joined the audience since the launch",
		Answers: Answers{200: api.Joined{Count: 17}}, Errors: Errors{400: join(audienceBad, filterBad), 409: {"mailing.wrong_state"}},
	},
	{
		Method: get, Path: mailings + "/recipients", ID: "listRecipients", Summary: "The recipients of a mailing, and what became of each",
		Query: append(paging(),
			choice("state", "Those in one state; complained and unsubscribed are those who did so", append(enums[stateType], "complained", "unsubscribed")...),
			text("search", "A text in the address or the name"),
			text("cursor", "In place of page: empty for the first page, then `next` of the page before. Nothing is counted then")),
		Answers: Answers{200: results.RecipientPage{Page: 1, PerPage: 30, TotalItems: 1, TotalPages: 1, Items: []results.Recipient{{
			Client: exampleID, Email: "ilya@example.com", FullName: "Ilya Petrov", State: mailing.Sent, Tries: 1,
			Code: 250, EnhancedCode: "2.0.0", Response: "250 2.0.0 OK queued as 4Xk2", At: exampleTime,
		}}}},
		Errors: Errors{400: {"state.state_unknown", "search.filter_pattern_too_long", "cursor.invalid_cursor"}},
	},
	{
		Method: get, Path: mailings + "/report.csv", ID: "mailingReport", Summary: "All recipients of a mailing as a file",
		Answers: Answers{200: csv}, Errors: busyErrors,
	},
	{
		Method: get, Path: mailings + "/answers", ID: "mailingAnswers", Summary: "The last answers to those who have not got the mail, in groups",
		Answers: Answers{200: results.AnswerList{Items: []results.Answer{
			{State: mailing.Failed, Code: 550, EnhancedCode: "5.1.1", Text: "no such user here", Reason: "bad_address", Recipients: 41},
		}}},
	},
	{
		Method: get, Path: mailings + "/timeline", ID: "mailingTimeline", Summary: "What happened to a mailing, the oldest first",
		Answers: Answers{200: api.Timeline{Items: []mailing.Event{
			{At: exampleTime, Kind: mailing.EventLaunched, Actor: &mailing.Actor{Kind: mailing.ActorOwner, ID: exampleID, Name: "Anna"}, More: []byte(`{"total":12480,"skipped":38}`)},
		}}},
	},
}

// with is the route with the body of its requests, and the fields that must be in it.
func with(r Route, body any, needs ...string) Route {
	r.Body, r.Needs = body, needs
	return r
}

func forManagers(r Route) Route {
	r.For = managers
	return r
}

func join(lists ...[]string) (all []string) {
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}
