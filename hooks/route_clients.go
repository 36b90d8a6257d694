package hooks

import (
	"net/http"
	"strconv"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
)

// bindClientRoutes adds GET /api/gonets/clients: clients as PocketBase's own list has them, found by
// the same filters as an audience. PocketBase's language cannot say all that these can (it knows ASCII
// names of attributes only, and takes every text for greater than any number), and its list rule joins
// the users.
func bindClientRoutes(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/gonets/clients", listClients).
			Bind(apis.RequireAuth("users", core.CollectionNameSuperusers))
		return e.Next()
	})
}

// clientPage is a page of clients, in PocketBase's shape.
type clientPage struct {
	Page       int            `json:"page"`
	PerPage    int            `json:"perPage"`
	TotalItems int            `json:"totalItems"` // -1 when it was not asked for
	TotalPages int            `json:"totalPages"` // the same
	Items      []*core.Record `json:"items"`
}

const (
	usualPerPage = 30
	mostPerPage  = 1000
)

func listClients(e *core.RequestEvent) error {
	query := e.Request.URL.Query()
	wanted := audience.Wanted{
		Owner: query.Get("owner"), Search: query.Get("search"), Status: query.Get("status"),
		List: query.Get("list"), Filter: query.Get("filter"), Sort: query.Get("sort"),
	}
	if wanted.Owner != "" || isUser(e.Auth) && !isManager(e.Auth) {
		owner, err := readableOwner(e)
		if err != nil {
			return err
		}
		wanted.Owner = owner.Id
	}
	page := clientPage{Page: max(1, number(query.Get("page"))), PerPage: number(query.Get("perPage")), TotalItems: -1, TotalPages: -1}
	if page.PerPage <= 0 {
		page.PerPage = usualPerPage
	}
	page.PerPage = min(page.PerPage, mostPerPage)

	var err error
	if page.Items, err = wanted.Find(e.Request.Context(), e.App, page.Page, page.PerPage); err != nil {
		return wrongAudience(e, err)
	}
	if skip, _ := strconv.ParseBool(query.Get("skipTotal")); !skip {
		if page.TotalItems, err = wanted.Total(e.Request.Context(), e.App); err != nil {
			return wrongAudience(e, err)
		}
		page.TotalPages = (page.TotalItems + page.PerPage - 1) / page.PerPage
	}
	if err := apis.EnrichRecords(e, page.Items); err != nil {
		return e.InternalServerError("", err)
	}
	return e.JSON(http.StatusOK, page)
}
