package clients

import (
	"context"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/audience"
	"gonets/internal/deletion"
	"gonets/internal/results"
)

// BindClients adds
//   - GET /api/gonets/clients: clients as PocketBase's own list has them, found by the same filters as an
//     audience. PocketBase's language cannot say all that these can (it knows ASCII names of attributes
//     only, and sorts every text after every number), and its list rule joins the users.
//   - GET /api/gonets/clients/{id}/attempts: what was sent to a client, without reading all attempts, by page or by cursor.
//   - GET /api/gonets/clients/{id}/bounces: what came back of it.
func BindClients(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		signedIn := apis.RequireAuth("users", core.CollectionNameSuperusers)
		e.Router.GET(strings.TrimPrefix(middleware.ClientsRoute, "GET "), listClients).Bind(signedIn)
		e.Router.GET("/api/gonets/clients/{id}/attempts", listHistoryOf(results.AttemptsOf)).Bind(signedIn)
		e.Router.GET("/api/gonets/clients/{id}/bounces", listHistoryOf(results.BouncesOf)).Bind(signedIn)
		return e.Next()
	})
}

func listClients(e *core.RequestEvent) error {
	query := e.Request.URL.Query()
	wanted := audience.Wanted{
		Owner: query.Get("owner"), Search: query.Get("search"), Status: query.Get("status"),
		List: query.Get("list"), Filter: query.Get("filter"), Sort: query.Get("sort"),
	}
	if wanted.Owner != "" || request.IsUser(e.Auth) && !request.IsManager(e.Auth) {
		owner, err := readableOwner(e)
		if err != nil {
			return err
		}
		wanted.Owner = owner.Id
	}
	var err error
	if request.IsUser(e.Auth) && wanted.Owner == "" {
		if wanted.Without, err = deletion.PendingUsers(e.App.DB()); err != nil {
			return e.InternalServerError("", err)
		}
	}
	page := request.PageOf(query)
	if page.Items, err = wanted.Find(e.Request.Context(), e.App, page.Page, page.PerPage); err != nil {
		return wrongAudience(e, err)
	}
	if skip, _ := strconv.ParseBool(query.Get("skipTotal")); !skip {
		total, err := wanted.Total(e.Request.Context(), e.App)
		if err != nil {
			return wrongAudience(e, err)
		}
		page.Count(total)
	}
	return page.Answer(e)
}

// listHistoryOf answers the attempts to reach a client, or what came back, if the user may see the client.
func listHistoryOf(read func(context.Context, core.App, *core.Record, results.HistoryQuery) ([]*core.Record, int, error)) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		client, err := request.Visible(e, "clients", "client")
		if err != nil {
			return err
		}
		page := request.PageOf(e.Request.URL.Query())
		after, byCursor, err := request.CursorOf(e.Request.URL.Query())
		if err != nil {
			return err
		}
		records, total, err := read(e.Request.Context(), e.App, client, results.HistoryQuery{
			Page: page.Page, PerPage: page.PerPage, ByCursor: byCursor, AfterTime: after.Created, AfterID: after.ID,
		})
		if err != nil {
			return e.InternalServerError("", err)
		}
		page.Items = records
		if byCursor {
			next := request.CursorAfter(records, page.PerPage)
			page.Page, page.Next = 1, &next
		} else {
			page.Count(total)
		}
		return page.Answer(e)
	}
}
