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

// cursorParam is the parameter with which lists of logs are read from a place on.
const cursorParam = "cursor"

// Logs are the collections whose lists can be read by cursor: records are added to them, and never change.
var Logs = []string{"attempts", "bounces"}

// BindCursors lets the lists of logs be read by cursor, the newest record first: ?cursor= is the first page, and each answer has the
// cursor of the one after it in "next", which is empty at the end. A page costs the same wherever it is, and records that are added
// meanwhile move nothing. The filter stays as it is; the sorting, the number of the page and the totals are left out.
func BindCursors(app core.App) {
	app.OnRecordsListRequest(Logs...).Bind(&hook.Handler[*core.RecordsListRequestEvent]{
		Func: func(e *core.RecordsListRequestEvent) error {
			if !e.Request.URL.Query().Has(cursorParam) {
				return e.Next()
			}
			next := ""
			if n := len(e.Records); n > 0 && n == e.Result.PerPage {
				last := e.Records[n-1]
				next = request.Cursor{Created: last.GetString("created"), ID: last.Id}.String()
			}
			response := e.Response
			defer func() { e.Response = response }()
			e.Response = &withNext{ResponseWriter: response, next: next}
			return e.Next()
		},
	})
}

// placed makes the filter and the order of a list those of the page after its cursor. It is called after the filter was narrowed.
func placed(query url.Values, collection string) error {
	if !query.Has(cursorParam) || !slices.Contains(Logs, collection) {
		return nil
	}
	query.Set(search.SortQueryParam, "-created,-id")
	query.Set(search.SkipTotalQueryParam, "1")
	query.Set(search.PageQueryParam, "1")
	given := query.Get(cursorParam)
	if given == "" {
		return nil
	}
	cursor, ok := request.ParseCursor(given)
	if !ok {
		const message = "The cursor is none that this list has given."
		return apis.NewBadRequestError(message, request.Refuse(cursorParam, "invalid_cursor", message))
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
