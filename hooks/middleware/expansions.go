package middleware

import (
	"errors"
	"net/url"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/expansion"
)

// mostExpanded is how many records are expanded where they cannot be counted: in answers to a change, a batch or a
// sign-in, and in realtime messages.
const mostExpanded = 250

// BindExpansions bounds what ?expand= puts into answers and realtime messages. Superusers are exempt. It is bound
// after the deadline of lists, because the hook below looks at the outermost application.
func BindExpansions(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.BindFunc(func(r *core.RequestEvent) error {
			expand := r.Request.URL.Query().Get(expandQueryParam)
			if expand == "" || r.HasSuperuserAuth() {
				return r.Next()
			}
			large, _ := r.Get(largeAnswerKey).(*largeAnswer)
			if large == nil {
				if err := checkExpanded(r.App, r.Request.PathValue("collection"), expand); err != nil {
					return err
				}
				return r.Next()
			}
			app := r.App
			defer func() { r.App = app }()
			r.App = &expansion.App{App: app, Large: large.tryBegin}
			return r.Next()
		})
		return e.Next()
	})

	// PocketBase only logs an error of an expansion.
	app.OnRecordEnrich().BindFunc(func(e *core.RecordEnrichEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		if bounded, is := e.App.(*expansion.App); is && bounded.Err() != nil {
			return notExpanded(bounded.Err())
		}
		return nil
	})

	app.OnBatchRequest().BindFunc(func(e *core.BatchRequestEvent) error {
		for _, request := range e.Batch {
			address, err := url.Parse(request.URL)
			if err != nil || e.HasSuperuserAuth() {
				continue
			}
			name := strings.TrimPrefix(address.Path, "/api/collections/")
			if err := checkExpanded(e.App, firstPart(name), address.Query().Get(expandQueryParam)); err != nil {
				return err
			}
		}
		return e.Next()
	})

	app.OnRealtimeSubscribeRequest().BindFunc(func(e *core.RealtimeSubscribeRequestEvent) error {
		if e.HasSuperuserAuth() {
			return e.Next()
		}
		for topic, options := range subscribed(e.Subscriptions) {
			topic, _, _ = strings.Cut(topic, "?")
			if err := checkExpanded(e.App, firstPart(topic), options.Query[expandQueryParam]); err != nil {
				return err
			}
		}
		return e.Next()
	})
}

func firstPart(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}

// checkExpanded refuses an expansion of more than a few records.
func checkExpanded(app core.App, name, expand string) error {
	if expand == "" {
		return nil
	}
	collection, err := app.FindCachedCollectionByNameOrId(name)
	if err == nil && expansion.Most(app, collection, expand) > mostExpanded {
		return notExpanded(expansion.ErrTooLarge)
	}
	return nil
}

// notExpanded is the answer when records cannot be expanded.
func notExpanded(err error) error {
	if !errors.Is(err, expansion.ErrTooLarge) {
		return err
	}
	message := request.AsSentence(expansion.ErrTooLarge.Error())
	return apis.NewBadRequestError(message, request.Refuse(expandQueryParam, "expand_too_large", message))
}
