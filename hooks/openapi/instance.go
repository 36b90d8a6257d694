package openapi

import (
	"net/http"
	"time"

	"gonets/hooks/api"
	"gonets/hooks/operator"
	"gonets/hooks/records"
	"gonets/internal/delivery"
	"gonets/internal/stats"
)

const (
	get    = http.MethodGet
	post   = http.MethodPost
	del    = http.MethodDelete
	csv    = file("text/csv")
	page   = file("text/html")
	sheet  = file("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	prefix = "/api/gonets"
)

var counts = stats.Counts{Attempts: 120, Success: 112, Failure: 8, Sent: 112, Bounced: 3, Hard: 2, Soft: 1}

// instanceRoutes are about the instance and its figures.
var instanceRoutes = []Route{
	{
		Method: get, Path: Path, ID: "openapi", Summary: "This description", For: guests, Revalidated: true,
		Answers: Answers{200: map[string]any{"openapi": "3.1.0"}},
	},
	{
		Method: get, Path: prefix + "/instance", ID: "instance", Summary: "What anybody may know of this instance", For: guests, Revalidated: true,
		Answers: Answers{200: api.Instance{Name: "Gonets", Registration: "approval", Mail: true, Address: "https://mail.example.org", Version: "v1.4.0"}},
	},
	{
		Method: get, Path: prefix + "/ready", ID: "ready", Summary: "Which process sends", For: guests,
		Answers: Answers{200: operator.Ready{Sending: delivery.Here}},
		Errors: Errors{503: {
			"sending." + delivery.StateStarting, "sending." + delivery.StateStopped, "sending." + delivery.StateDatabase, "sending." + delivery.StateEpoch,
			"sending." + delivery.StateLock, "sending." + delivery.StateFailed,
		}},
	},
	{
		Method: get, Path: prefix + "/home", ID: "home", Summary: "Counts of the service, and of the signed-in user", For: guests, Revalidated: true,
		Answers: Answers{200: stats.Home{Tally: stats.Tally{Mailings: 12, ActiveMailings: 1, UniqueRecipients: 4031}, Mine: &stats.Own{Messages: 4}}},
	},
	{
		Method: get, Path: prefix + "/statistics", ID: "statistics", Summary: "What was sent, by day, domain, code and mailing", Revalidated: true,
		Query: statisticsQuery(),
		Answers: Answers{200: stats.Statistics{
			From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), TZ: "UTC", Totals: counts,
			Days:     []stats.DayCounts{{Day: "2026-11-23", Counts: counts}},
			Domains:  []stats.DomainCounts{{Domain: "example.com", Counts: counts}},
			Codes:    []stats.CodeCounts{{Code: 250, EnhancedCode: "2.0.0"}},
			Mailings: []stats.MailingCounts{{Mailing: exampleID, Name: "Autumn news", Owner: exampleID, Counts: counts}},
			Reasons:  []stats.ReasonCount{{Reason: "too_many", Count: 3}},
		}},
		Errors: statisticsErrors(),
	},
	{
		Method: get, Path: prefix + "/statistics.csv", ID: "statisticsFile", Summary: "The days of the statistics as a file", Query: statisticsQuery(),
		Answers: Answers{200: csv}, Errors: statisticsErrors().with(busyErrors),
	},
	{
		Method: get, Path: prefix + "/storage", ID: "storage", Summary: "How many bytes your files take, and may take",
		Answers: Answers{200: records.StorageUse{Used: 48211034, Limit: 1 << 30}},
	},
}

// busyErrors are those of what a user may do four times at once.
var busyErrors = Errors{http.StatusTooManyRequests: {"request.too_many_at_once"}}

func statisticsQuery() []Param {
	return []Param{
		text("from", "The first day, or a time; 30 days ago if it is left out"), text("to", "The last day, or a time"),
		text("mailing", "The id of a mailing: its figures only"), text("owner", "For managers: the figures of one user"),
		text("tz", "The IANA name of the zone in which days are counted; that of your profile if it is left out"),
	}
}

func statisticsErrors() Errors {
	return Errors{400: {"from.invalid_date", "from.invalid_range", "from.range_too_long", "tz.invalid_zone"}, 404: nil}
}
