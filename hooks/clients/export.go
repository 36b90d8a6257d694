package clients

import (
	"context"
	"io"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/audience"
	"gonets/internal/clientexport"
)

// workbookType is the media type of Office Open XML spreadsheets.
const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// BindExport adds GET /api/gonets/clients/export.csv and export.xlsx: the clients of the user that the query chooses, or for
// managers and superusers those of the owner in the query.
func BindExport(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		signedIn := apis.RequireAuth("users", core.CollectionNameSuperusers)
		few := middleware.LimitParallel(e.App)
		e.Router.GET("/api/gonets/clients/export.csv", exportCSV).Bind(signedIn, few)
		e.Router.GET("/api/gonets/clients/export.xlsx", exportWorkbook).Bind(signedIn, few)
		return e.Next()
	})
}

func exportCSV(e *core.RequestEvent) error {
	owner, err := readableOwner(e)
	if err != nil {
		return err
	}
	delimiter := clientexport.Delimiter(owner)
	if name := e.Request.URL.Query().Get("delimiter"); name != "" {
		if delimiter, err = clientexport.DelimiterNamed(name); err != nil {
			return e.BadRequestError(request.AsSentence(err.Error()), request.Refuse("delimiter", "unknown_value", request.AsSentence(err.Error())))
		}
	}
	wanted, err := narrowedTo(e, owner)
	if err != nil {
		return err
	}
	return request.StreamDated(e, "clients", ".csv", "text/csv; charset=utf-8", func(ctx context.Context, w io.Writer) error {
		return clientexport.CSV(ctx, e.App, wanted, delimiter, w)
	})
}

func exportWorkbook(e *core.RequestEvent) error {
	owner, err := readableOwner(e)
	if err != nil {
		return err
	}
	wanted, err := narrowedTo(e, owner)
	if err != nil {
		return err
	}
	return request.StreamDated(e, "clients", ".xlsx", workbookType, func(ctx context.Context, w io.Writer) error {
		return clientexport.Workbook(ctx, e.App, wanted, w)
	})
}

// narrowedTo are the clients of the owner that the query chooses, as in a list of clients. A filter that is invalid or too slow
// is refused before the file begins.
func narrowedTo(e *core.RequestEvent, owner *core.Record) (audience.Wanted, error) {
	query := e.Request.URL.Query()
	wanted := audience.Wanted{
		Owner: owner.Id, Search: query.Get("search"), Status: query.Get("status"), List: query.Get("list"), Filter: query.Get("filter"),
	}
	if wanted.Search != "" || wanted.Filter != "" {
		if _, err := wanted.Total(e.Request.Context(), e.App); err != nil {
			return wanted, wrongAudience(e, err)
		}
	}
	return wanted, nil
}

// readableOwner is the owner of the data that a request reads.
func readableOwner(e *core.RequestEvent) (*core.Record, error) {
	named := e.Request.URL.Query().Get("owner")
	switch {
	case !request.IsManager(e.Auth) && request.IsUser(e.Auth) && named != "" && named != e.Auth.Id:
		return nil, e.NotFoundError("There is no such user.", nil)
	case request.IsUser(e.Auth) && (named == "" || named == e.Auth.Id):
		return e.Auth, nil
	case named == "":
		return nil, e.BadRequestError("Name the owner.", request.Refuse("owner", "required", "Whose data is meant?"))
	}
	owner, err := e.App.FindRecordById("users", named)
	if err != nil {
		return nil, e.NotFoundError("There is no such user.", err)
	}
	return owner, nil
}
