package middleware

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

// sharedRelations end the names of the ways back from what owners share: from a sender to the mailings
// that use it, and from a user to the senders that name the user. PocketBase applies the list rule to what
// a filter joins, but not when it tests that no joined row matches: `mailings_via_sender.name !~ "sale"`
// would tell an owner the names of other owners' mailings. Only superusers see who may use a sender.
var sharedRelations = []string{"_via_sender", "_via_users"}

// throughBackRelation matches a filter about senders through several records at once, where PocketBase does not apply the
// list rule either: an own mailing may name a sender that its owner may no longer use.
var throughBackRelation = regexp.MustCompile(`(?i)_via_[\w.]*\.sender\.`)

// BindNoOracle refuses filters, orders and expansions that go back from a shared record, in requests, in
// the requests of a batch and in realtime subscriptions. Superusers see everything anyway.
func BindNoOracle(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.BindFunc(func(r *core.RequestEvent) error {
			if r.Request.URL.RawQuery == "" || r.HasSuperuserAuth() {
				return r.Next()
			}
			param := r.Request.URL.Query().Get
			if isRecordsList(r) {
				if err := checkExpressions(param); err != nil {
					return err
				}
			}
			// Every answer with a record can expand it.
			if err := checkExpand(param); err != nil {
				return err
			}
			return r.Next()
		})
		return e.Next()
	})

	app.OnBatchRequest().BindFunc(func(e *core.BatchRequestEvent) error {
		for _, request := range e.Batch {
			if address, err := url.Parse(request.URL); err == nil && !e.HasSuperuserAuth() {
				if err := checkExpand(address.Query().Get); err != nil {
					return err
				}
			}
		}
		return e.Next()
	})

	app.OnRealtimeSubscribeRequest().BindFunc(func(e *core.RealtimeSubscribeRequestEvent) error {
		if e.HasSuperuserAuth() {
			return e.Next()
		}
		asked := subscriptions.NewDefaultClient() // it can parse the options in the names
		asked.Subscribe(e.Subscriptions...)
		for _, options := range asked.Subscriptions() {
			param := func(name string) string { return options.Query[name] }
			if err := checkExpressions(param); err != nil {
				return err
			}
			if err := checkExpand(param); err != nil {
				return err
			}
		}
		return e.Next()
	})
}

// checkExpressions refuses a filter or an order about records that the user may not see.
func checkExpressions(param func(string) string) error {
	for _, name := range []string{search.FilterQueryParam, search.SortQueryParam} {
		expression := strings.ToLower(param(name))
		if containsAny(expression, sharedRelations) || throughBackRelation.MatchString(expression) {
			return apis.NewForbiddenError("Only superusers can filter by what uses a sender.", nil)
		}
	}
	return nil
}

// checkExpand refuses an expansion of the same kind.
func checkExpand(param func(string) string) error {
	// PocketBase drops spaces here, and knows "senders(users)" for "senders_via_users".
	expand := strings.ToLower(strings.ReplaceAll(param(expandQueryParam), " ", ""))
	if containsAny(expand, []string{"_via_users", "(users)"}) {
		return apis.NewForbiddenError("Only superusers can see who may use a sender.", nil)
	}
	return nil
}

// expandQueryParam is PocketBase's name of the parameter that expands relations.
const expandQueryParam = "expand"

func containsAny(s string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}

// isRecordsList reports whether the request lists the records of a collection, by GET or by HEAD.
func isRecordsList(r *core.RequestEvent) bool {
	return r.Request.Pattern == "GET /api/collections/{collection}/records"
}
