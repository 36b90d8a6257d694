package middleware

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/ganigeorgiev/fexpr"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/search"

	"gonets/hooks/request"
	"gonets/internal/audience"
)

// Logs are the collections whose lists can be read by cursor: records are added to them, and never change.
var Logs = []string{"attempts", "bounces"}

// BindCursors lets the lists of logs be read by cursor, the newest record first: ?cursor= is the first page, and each answer has the
// cursor of the one after it in "next", which is empty at the end. A page costs the same wherever it is, and records that are added
// meanwhile move nothing. The filter stays as it is; the sorting, the number of the page and the totals are left out.
func BindCursors(app core.App) {
	app.OnRecordsListRequest(Logs...).Bind(&hook.Handler[*core.RecordsListRequestEvent]{
		Func: func(e *core.RecordsListRequestEvent) error {
			_, byCursor, err := request.CursorOf(e.Request.URL.Query())
			if err != nil {
				return err
			}
			if !byCursor {
				return e.Next()
			}
			response := e.Response
			defer func() { e.Response = response }()
			e.Response = &withNext{ResponseWriter: response, next: request.CursorAfter(e.Records, e.Result.PerPage)}
			return e.Next()
		},
	})
}

// placed makes the filter and the order of a list those of the page after its cursor. It is called after the filter was narrowed.
func placed(query url.Values, collection string) error {
	if !slices.Contains(Logs, collection) {
		return nil
	}
	cursor, byCursor, err := request.CursorOf(query)
	if err != nil || !byCursor {
		return err
	}
	query.Set(search.SortQueryParam, "-created,-id")
	query.Set(search.SkipTotalQueryParam, "1")
	query.Set(search.PageQueryParam, "1")
	if cursor == (request.Cursor{}) {
		return nil
	}
	filter := query.Get(search.FilterQueryParam)
	condition := fmt.Sprintf("(created < %q || (created = %q && id < %q))", cursor.Created, cursor.Created, cursor.ID)
	both, ok := narrowed(filter, condition)
	if !ok {
		if _, err := fexpr.Parse(filter); err != nil {
			return nil // PocketBase answers what is wrong with it
		}
		const message = "The filter is too long to be read by cursor."
		return apis.NewBadRequestError(message, request.Refuse(search.FilterQueryParam, audience.FilterTooLong, message))
	}
	query.Set(search.FilterQueryParam, both)
	return nil
}

// withNext adds "next" to the JSON object that is written to it in one piece.
type withNext struct {
	http.ResponseWriter
	next    string
	written bool
}

// Write implements http.ResponseWriter.
func (w *withNext) Write(p []byte) (int, error) {
	if w.written || len(p) == 0 || p[0] != '{' {
		return w.ResponseWriter.Write(p)
	}
	w.written = true
	next, err := json.Marshal(w.next)
	if err != nil {
		return 0, err
	}
	head := append([]byte(`{"next":`), next...)
	if len(p) > 1 && p[1] != '}' {
		head = append(head, ',')
	}
	if _, err := w.ResponseWriter.Write(head); err != nil {
		return 0, err
	}
	n, err := w.ResponseWriter.Write(p[1:])
	return n + 1, err
}

// Unwrap is for http.ResponseController.
func (w *withNext) Unwrap() http.ResponseWriter { return w.ResponseWriter }
