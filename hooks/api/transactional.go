package api

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/denial"
	"gonets/internal/memory"
	"gonets/internal/transactional"
)

// callForm is how long a call with files in a multipart form may be, in bytes.
const callForm = transactional.MaxFiles*transactional.MaxFileBytes + 5<<20

// BindTransactional adds the routes of e-mails that programs send one by one.
func BindTransactional(app core.App, service *transactional.Service) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := transactional.Repair(e.App); err != nil {
			return err
		}
		e.Router.POST("/api/gonets/transactional", func(e *core.RequestEvent) error { return submitCall(e, service) }).
			Bind(apis.RequireAuth("users"), draftsOnDisk(), middleware.BodyLimit(callForm))
		signedIn := apis.RequireAuth("users", core.CollectionNameSuperusers)
		e.Router.GET("/api/gonets/transactional", listCalls).Bind(signedIn)
		e.Router.GET("/api/gonets/transactional/{id}", showCall).Bind(signedIn)
		return e.Next()
	})
}

// submitCall answers POST /api/gonets/transactional with 202, when the e-mails are on disk.
func submitCall(e *core.RequestEvent, service *transactional.Service) error {
	key, err := idempotencyKey(e)
	if err != nil {
		return err
	}
	call, done, err := readCall(e)
	defer done()
	if err != nil {
		return err
	}
	call.Owner, call.Source, call.Key = e.Auth.Id, transactional.FromAPI, key
	accepted, err := service.Submit(e.Request.Context(), call)
	if err != nil {
		return notSubmitted(e, err)
	}
	return e.JSON(http.StatusAccepted, accepted)
}

// notSubmitted answers why a call was refused.
func notSubmitted(e *core.RequestEvent, err error) error {
	var refusal *denial.Error
	switch {
	case errors.Is(err, memory.ErrBusy):
		return busy(e, err)
	case !errors.As(err, &refusal):
		return noMail(e, err)
	case refusal.Code == "transactional_quota":
		now := time.Now().UTC()
		midnight := now.Truncate(24 * time.Hour).Add(24 * time.Hour)
		e.Response.Header().Set("Retry-After", strconv.Itoa(int(midnight.Sub(now).Seconds())+1))
	case refusal.Status == http.StatusTooManyRequests:
		e.Response.Header().Set("Retry-After", "60")
	}
	return refused(e, err)
}

// listCalls answers GET /api/gonets/transactional: one's own, a manager those of all, or of one owner.
func listCalls(e *core.RequestEvent) error {
	query := e.Request.URL.Query()
	wanted := transactional.Query{
		Owner: query.Get("owner"), Search: query.Get("search"), Before: query.Get("before"),
		Page: request.Number(query.Get("page")), PerPage: request.Number(query.Get("perPage")),
	}
	wanted.SkipTotal, _ = strconv.ParseBool(query.Get("skipTotal"))
	if !e.HasSuperuserAuth() && !request.IsManager(e.Auth) {
		if wanted.Owner != "" && wanted.Owner != e.Auth.Id {
			return e.NotFoundError("There is no such user.", nil)
		}
		wanted.Owner = e.Auth.Id
	}
	page, err := transactional.List(e.Request.Context(), e.App, wanted)
	if err != nil {
		return refused(e, err)
	}
	return e.JSON(http.StatusOK, page)
}

// showCall answers GET /api/gonets/transactional/{id}.
func showCall(e *core.RequestEvent) error {
	history, err := transactional.Find(e.Request.Context(), e.App, e.Request.PathValue("id"))
	if errors.Is(err, transactional.ErrNone) || err == nil && !e.HasSuperuserAuth() && !request.IsManager(e.Auth) && history.Owner != e.Auth.Id {
		return e.NotFoundError("There is no such transactional e-mail.", nil)
	}
	if err != nil {
		return e.InternalServerError("", err)
	}
	return e.JSON(http.StatusOK, history)
}
