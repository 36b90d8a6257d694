package hooks

import (
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

// sharedRelation ends the name of the way back from a sender to whatever uses it. Senders are the one
// kind of record that owners share. PocketBase applies the list rule to what a filter joins, but not
// when it tests that no joined row matches: `mailings_via_sender.name !~ "sale"` would tell an owner
// what the mailings of others are called.
const sharedRelation = "_via_sender"

// bindNoOracle refuses filters and orders that go back from a shared record, in lists and in realtime
// subscriptions. Superusers see everything anyway.
func bindNoOracle(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.BindFunc(func(r *core.RequestEvent) error {
			if isRecordsList(r) && !r.HasSuperuserAuth() {
				query := r.Request.URL.Query()
				for _, param := range []string{search.FilterQueryParam, search.SortQueryParam} {
					if err := checkExpression(query.Get(param)); err != nil {
						return err
					}
				}
			}
			return r.Next()
		})
		return e.Next()
	})

	app.OnRealtimeSubscribeRequest().BindFunc(func(e *core.RealtimeSubscribeRequestEvent) error {
		if e.HasSuperuserAuth() {
			return e.Next()
		}
		asked := subscriptions.NewDefaultClient() // knows how to read the options out of the names
		asked.Subscribe(e.Subscriptions...)
		for _, options := range asked.Subscriptions() {
			if err := checkExpression(options.Query[search.FilterQueryParam]); err != nil {
				return err
			}
		}
		return e.Next()
	})
}

func checkExpression(expression string) error {
	if strings.Contains(strings.ToLower(expression), sharedRelation) {
		return apis.NewForbiddenError("Only superusers can filter by what uses a sender.", nil)
	}
	return nil
}

// isRecordsList says whether the request lists the records of a collection, by GET or by HEAD.
func isRecordsList(r *core.RequestEvent) bool {
	return r.Request.Pattern == "GET /api/collections/{collection}/records"
}
