package middleware

import (
	"context"
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"gonets/hooks/request"
	"gonets/internal/audience"
	"gonets/internal/database"
	"gonets/internal/deadline"
)

// BindFilters bounds what the filters of PocketBase's own lists and of realtime subscriptions cost. Those over
// clients have limits of their own (audience.CheckFilter).
func BindFilters(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.BindFunc(func(r *core.RequestEvent) error {
			if !isRecordsList(r) {
				return r.Next()
			}
			query := r.Request.URL.Query()
			filter := query.Get(search.FilterQueryParam)
			if err := checkPatterns(search.FilterQueryParam, filter); err != nil {
				return err
			}
			if filter == "" && query.Get(search.SortQueryParam) == "" {
				return r.Next()
			}
			return listInTime(r)
		})
		return e.Next()
	})

	app.OnRealtimeSubscribeRequest().BindFunc(func(e *core.RealtimeSubscribeRequestEvent) error {
		for _, filter := range filtersOf(e.Subscriptions) {
			if err := checkPatterns("subscriptions", filter); err != nil {
				return err
			}
		}
		return e.Next()
	})
}

// subscribed parses the names of subscriptions, with the options in them.
func subscribed(names []string) map[string]subscriptions.SubscriptionOptions {
	asked := subscriptions.NewDefaultClient()
	asked.Subscribe(names...)
	return asked.Subscriptions()
}

// filtersOf reads the filters out of the names of subscriptions.
func filtersOf(names []string) []string {
	var filters []string
	for _, options := range subscribed(names) {
		if filter := options.Query[search.FilterQueryParam]; filter != "" {
			filters = append(filters, filter)
		}
	}
	return filters
}

// checkPatterns refuses a filter with a search text that is too long.
func checkPatterns(field, filter string) error {
	if len(filter) > search.MaxFilterLength {
		message := fmt.Sprintf("A filter has at most %d bytes.", search.MaxFilterLength)
		return apis.NewBadRequestError(message, request.Refuse(field, audience.FilterTooLong, message))
	}
	if database.HasLongPattern(filter) {
		message := fmt.Sprintf("A text to search for has at most %d characters.", database.MaxPattern)
		return apis.NewBadRequestError(message, request.Refuse(field, audience.FilterPattern, message))
	}
	return nil
}

// listInTime ends a list with a filter or an order at the deadline.
func listInTime(r *core.RequestEvent) error {
	app := r.App
	defer func() { r.App = app }()
	err := deadline.Run(r.Request.Context(), app, func(ctx context.Context) error {
		r.App = &deadline.App{App: app, Context: ctx}
		return r.Next()
	})
	if errors.Is(err, deadline.ErrPassed) {
		return tooSlow(search.FilterQueryParam)
	}
	return err
}

// tooSlow is the answer for a filter that takes too long.
func tooSlow(field string) error {
	message := request.AsSentence(deadline.ErrPassed.Error())
	return apis.NewBadRequestError(message, request.Refuse(field, audience.FilterTooSlow, message))
}
