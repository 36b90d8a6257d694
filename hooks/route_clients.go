package hooks

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/internal/audience"
	"gonets/internal/deletion"
	"gonets/internal/delivery"
)

// bindClientRoutes adds
//   - GET /api/gonets/clients: clients as PocketBase's own list has them, found by the same filters as an
//     audience. PocketBase's language cannot say all that these can (it knows ASCII names of attributes
//     only, and takes every text for greater than any number), and its list rule joins the users.
//   - GET /api/gonets/clients/{id}/attempts: what was sent to a client, without reading all attempts.
func bindClientRoutes(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		signedIn := apis.RequireAuth("users", core.CollectionNameSuperusers)
		e.Router.GET(strings.TrimPrefix(clientsRoute, "GET "), listClients).Bind(signedIn)
		e.Router.GET("/api/gonets/clients/{id}/attempts", listAttemptsOf).Bind(signedIn)
		return e.Next()
	})
}

// clientsRoute is the pattern of the route that lists clients.
const clientsRoute = "GET /api/gonets/clients"

// recordPage is a page of records, in PocketBase's shape.
type recordPage struct {
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

// pageWanted reads which page is asked for, of which nothing is known yet.
func pageWanted(query url.Values) recordPage {
	p := recordPage{Page: max(1, number(query.Get("page"))), PerPage: number(query.Get("perPage")), TotalItems: -1, TotalPages: -1}
	if p.PerPage <= 0 {
		p.PerPage = usualPerPage
	}
	p.PerPage = min(p.PerPage, mostPerPage)
	return p
}

// count notes how many records there are in all.
func (p *recordPage) count(total int) {
	p.TotalItems, p.TotalPages = total, (total+p.PerPage-1)/p.PerPage
}

// answer writes the page, with the fields that who asks may see.
func (p *recordPage) answer(e *core.RequestEvent) error {
	if err := apis.EnrichRecords(e, p.Items); err != nil {
		var refused *router.ApiError
		if errors.As(err, &refused) {
			return refused
		}
		return e.InternalServerError("", err)
	}
	return e.JSON(http.StatusOK, p)
}

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
	var err error
	if isUser(e.Auth) && wanted.Owner == "" {
		if wanted.Without, err = deletion.PendingUsers(e.App.DB()); err != nil {
			return e.InternalServerError("", err)
		}
	}
	page := pageWanted(query)
	if page.Items, err = wanted.Find(e.Request.Context(), e.App, page.Page, page.PerPage); err != nil {
		return wrongAudience(e, err)
	}
	if skip, _ := strconv.ParseBool(query.Get("skipTotal")); !skip {
		total, err := wanted.Total(e.Request.Context(), e.App)
		if err != nil {
			return wrongAudience(e, err)
		}
		page.count(total)
	}
	return page.answer(e)
}

// listAttemptsOf answers with the attempts at a client to who may see the client.
func listAttemptsOf(e *core.RequestEvent) error {
	const missing = "There is no such client."
	client, err := e.App.FindRecordById("clients", e.Request.PathValue("id"))
	if err != nil {
		return e.NotFoundError(missing, err)
	}
	info, err := e.RequestInfo()
	if err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	if may, err := e.App.CanAccessRecord(client, info, client.Collection().ViewRule); err != nil || !may {
		return e.NotFoundError(missing, err)
	}
	page := pageWanted(e.Request.URL.Query())
	attempts, total, err := delivery.AttemptsOf(e.Request.Context(), e.App, client, page.Page, page.PerPage)
	if err != nil {
		return e.InternalServerError("", err)
	}
	page.Items = attempts
	page.count(total)
	return page.answer(e)
}
