package api

import (
	"net/http"
	"strconv"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/demo"
	"gonets/internal/outbox"
)

// BindOutbox adds the routes of the outbox, in a demo only. Guests may use them: e-mails about registration and reset are
// for people who are not signed in. Therefore a demo answers pages of this machine only.
func BindOutbox(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		box := demo.OutboxOf(e.App)
		if box == nil {
			return e.Next()
		}
		e.Router.BindFunc(middleware.OnThisMachine)
		e.Router.GET("/api/gonets/outbox", func(e *core.RequestEvent) error { return listOutbox(e, box) })
		e.Router.GET("/api/gonets/outbox/{id}", func(e *core.RequestEvent) error {
			mail, ok := box.One(e.Request.PathValue("id"))
			if !ok {
				return e.NotFoundError("There is no such mail in the outbox, or no longer.", nil)
			}
			return request.Revalidated(e, mail)
		})
		e.Router.DELETE("/api/gonets/outbox", func(e *core.RequestEvent) error {
			box.Clear()
			return e.NoContent(http.StatusNoContent)
		})
		return e.Next()
	})
}

const (
	outboxPerPage = 30
	outboxMost    = 500
)

// OutboxPage is a page of the e-mails that were caught.
type OutboxPage struct {
	Page       int              `json:"page"`
	PerPage    int              `json:"perPage"`
	TotalItems int              `json:"totalItems"`
	TotalPages int              `json:"totalPages"`
	Items      []outbox.Summary `json:"items"`
}

// listOutbox answers a page of the caught e-mails: by page and perPage, or by offset and limit.
func listOutbox(e *core.RequestEvent, box *outbox.Outbox) error {
	query := e.Request.URL.Query()
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(query.Get(name)); err == nil && n > 0 {
			return n
		}
		return otherwise
	}
	perPage := min(number("limit", number("perPage", outboxPerPage)), outboxMost)
	offset := number("offset", (number("page", 1)-1)*perPage)
	found := box.List(offset, perPage, query.Get("search"))
	return request.Revalidated(e, OutboxPage{offset/perPage + 1, perPage, found.TotalItems, (found.TotalItems + perPage - 1) / perPage, found.Items})
}
