package clients

import (
	"context"
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/audience"
	"gonets/internal/bulk"
)

// BindBulk adds POST /api/gonets/clients/bulk: the same for many of the user's clients at once.
func BindBulk(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.POST("/api/gonets/clients/bulk", changeMany).
			Bind(apis.RequireAuth("users", core.CollectionNameSuperusers), middleware.LimitParallel(e.App))
		return e.Next()
	})
}

// BulkRequest says what is done with which clients.
type BulkRequest struct {
	Owner    string    `json:"owner"` // for superusers
	Act      string    `json:"act"`   // join, leave or delete
	List     string    `json:"list"`
	Status   string    `json:"status"`   // of those who join: confirmed or pending; "" is confirmed
	Clients  []string  `json:"clients"`  // ids
	Matching *Matching `json:"matching"` // in place of Clients
	// Expected is how many were shown to the user: nothing is done when more match by now; 0 = any number.
	Expected int `json:"expected"`
}

// Deleted is how many clients were deleted.
type Deleted struct {
	Deleted int `json:"deleted"`
}

// Matching chooses clients as GET /clients does.
type Matching struct {
	Search string `json:"search"`
	Status string `json:"status"`
	List   string `json:"list"`
	Filter string `json:"filter"`
}

func changeMany(e *core.RequestEvent) error {
	var asked BulkRequest
	if err := e.BindBody(&asked); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	owner, err := ownerOf(e, asked.Owner)
	if err != nil {
		return err
	}
	if err := asked.check(e, owner); err != nil {
		return err
	}
	clients := asked.Clients
	if m := asked.Matching; m != nil {
		wanted := audience.Wanted{Owner: owner, Search: m.Search, Status: m.Status, List: m.List, Filter: m.Filter}
		if clients, err = wanted.IDs(e.Request.Context(), e.App, bulk.Most+1); err != nil {
			return wrongAudience(e, err)
		}
	}
	switch {
	case len(clients) > bulk.Most:
		return refuseField(http.StatusBadRequest, "clients", "too_many_clients", "No more than 50 000 clients at once: narrow the choice.")
	case asked.Expected > 0 && len(clients) > asked.Expected:
		return refuseField(http.StatusConflict, "clients", "more_match", "More clients match now than were shown: look again.")
	}

	ctx := context.WithoutCancel(e.Request.Context()) // it comes to its end when the tab is closed
	var answer any
	switch asked.Act {
	case "join":
		answer, err = bulk.Join(ctx, e.App, owner, asked.List, clients, asked.Status)
	case "leave":
		answer, err = bulk.Leave(ctx, e.App, owner, asked.List, clients)
	default:
		var n int
		n, err = bulk.Delete(ctx, e.App, owner, clients)
		answer = Deleted{n}
	}
	if err != nil {
		return e.InternalServerError("Something went wrong. A part may have been done; look before you try again.", err)
	}
	return e.JSON(http.StatusOK, answer)
}

// check refuses what makes no sense, and sets defaults.
func (b *BulkRequest) check(e *core.RequestEvent, owner string) error {
	if (len(b.Clients) > 0) == (b.Matching != nil) {
		return refuseField(http.StatusBadRequest, "clients", "required", "Name either the clients or what they match.")
	}
	switch b.Act {
	case "delete":
		return nil
	case "join", "leave":
	default:
		return refuseField(http.StatusBadRequest, "act", "unknown_value", "What is done is join, leave or delete.")
	}
	if b.Status == "" {
		b.Status = "confirmed"
	}
	if b.Status != "confirmed" && b.Status != "pending" {
		return refuseField(http.StatusBadRequest, "status", "unknown_value", "Who joins is confirmed or pending.")
	}
	list, err := e.App.FindRecordById("lists", b.List)
	if err != nil || list.GetString("owner") != owner {
		return refuseField(http.StatusBadRequest, "list", "unknown_list", "There is no such list.")
	}
	return nil
}

// refuseField answers an error of one field.
func refuseField(status int, field, code, message string) error {
	return apis.NewApiError(status, message, request.Refuse(field, code, message))
}
