package clients

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/clientfile"
	"gonets/internal/clientrow"
	"gonets/internal/database"
)

// BindUpsert adds POST /api/gonets/clients/upsert: clients are added or changed as an import does it, with an answer for each.
func BindUpsert(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.POST("/api/gonets/clients/upsert", upsert).
			Bind(apis.RequireAuth("users", core.CollectionNameSuperusers), middleware.LimitParallel(e.App))
		return e.Next()
	})
}

// maxUpsertLists is how many lists the clients of one request are put on.
const maxUpsertLists = 20

// UpsertRequest is the body of POST /api/gonets/clients/upsert.
type UpsertRequest struct {
	Owner      string              `json:"owner,omitempty" doc:"For superusers: whose clients they become"`
	OnConflict clientfile.Conflict `json:"on_conflict" doc:"What becomes of clients who exist already: they stay (keep), get values for empty fields (fill, which is usual), or new values (overwrite); empty values change nothing"`
	Lists      []string            `json:"lists" doc:"Ids of lists, at most 20, on which all clients are put; who has left a list stays off it"`
	Clients    []clientrow.Fields  `json:"clients" doc:"At most 1000"`
}

func upsert(e *core.RequestEvent) error {
	var asked UpsertRequest
	if err := e.BindBody(&asked); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	owner, err := ownerOf(e, asked.Owner)
	if err != nil {
		return err
	}
	if err := asked.check(e.App, owner); err != nil {
		return e.BadRequestError("The clients cannot be taken like that.", err)
	}
	ctx := context.WithoutCancel(e.Request.Context()) // it comes to its end when the client leaves
	done, err := clientfile.Upsert(ctx, e.App, owner, asked.OnConflict, asked.Lists, asked.Clients)
	if err != nil {
		return e.InternalServerError("Something went wrong. A part may have been done; send the same again.", err)
	}
	return e.JSON(http.StatusOK, done)
}

// check returns what is wrong with a request.
func (u *UpsertRequest) check(app core.App, owner string) error {
	bad := request.Refusals{}
	switch {
	case len(u.Clients) == 0:
		bad.Add("clients", "required", "Name at least one client")
	case len(u.Clients) > clientfile.MaxUpsert:
		bad.Add("clients", "too_many", fmt.Sprintf("At most %d clients at once", clientfile.MaxUpsert))
	}
	if !slices.Contains([]clientfile.Conflict{"", clientfile.Keep, clientfile.Fill, clientfile.Overwrite}, u.OnConflict) {
		bad.Add("on_conflict", "unknown_value", "Must be keep, fill or overwrite")
	}
	if len(u.Lists) > maxUpsertLists {
		bad.Add("lists", "too_many", fmt.Sprintf("At most %d lists", maxUpsertLists))
		return bad.Err()
	}
	slices.Sort(u.Lists)
	u.Lists = slices.Compact(u.Lists)
	var own int
	err := app.ConcurrentDB().NewQuery(`SELECT COUNT(*) FROM lists WHERE owner = {:owner} AND id IN (SELECT value FROM json_each({:ids}))`).
		Bind(dbx.Params{"owner": owner, "ids": database.JSONArray(u.Lists)}).Row(&own)
	if err != nil {
		return err
	}
	if own < len(u.Lists) {
		bad.Add("lists", "unknown_list", "There is no such list")
	}
	return bad.Err()
}
