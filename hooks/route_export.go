package hooks

import (
	"mime"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
)

// bindExport adds GET /api/gonets/clients/export.csv.
func bindExport(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/gonets/clients/export.csv", exportClients).
			Bind(apis.RequireAuth("users", core.CollectionNameSuperusers))
		return e.Next()
	})
}

// exportClients streams all clients of an owner: of who asks, or, to managers and superusers, of the
// one named.
func exportClients(e *core.RequestEvent) error {
	owner, err := readableOwner(e)
	if err != nil {
		return err
	}
	delimiter := ','
	switch name := e.Request.URL.Query().Get("delimiter"); {
	case name == "semicolon", name == "" && isUser(e.Auth) && e.Auth.GetString("language") == "ru":
		delimiter = ';' // the Russian Excel opens no other
	case name == "tab":
		delimiter = '\t'
	case name != "" && name != "comma":
		return e.BadRequestError("The delimiter must be comma, semicolon or tab.", refuse("delimiter", "unknown_value", "Must be comma, semicolon or tab"))
	}

	header := e.Response.Header()
	header.Set("Content-Type", "text/csv; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{
		"filename": "clients-" + time.Now().UTC().Format(time.DateOnly) + ".csv",
	}))
	if err := audience.ExportCSV(e.Request.Context(), e.App, owner, delimiter, e.Response); err != nil {
		if !e.Written() {
			header.Del("Content-Disposition")
			return e.InternalServerError("", err)
		}
		// The status is out already: a connection that breaks is the one way to say that lines are missing.
		e.App.Logger().Error("An export broke off", "owner", owner, "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// readableOwner is whose data a reading request is about.
func readableOwner(e *core.RequestEvent) (string, error) {
	named := e.Request.URL.Query().Get("owner")
	switch {
	case !isManager(e.Auth) && isUser(e.Auth) && named != "" && named != e.Auth.Id:
		return "", e.NotFoundError("There is no such user.", nil)
	case isUser(e.Auth) && (named == "" || named == e.Auth.Id):
		return e.Auth.Id, nil
	case named == "":
		return "", e.BadRequestError("Name the owner.", refuse("owner", "required", "Whose data is meant?"))
	}
	if _, err := e.App.FindRecordById("users", named); err != nil {
		return "", e.NotFoundError("There is no such user.", err)
	}
	return named, nil
}
