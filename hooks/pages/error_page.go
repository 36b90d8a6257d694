package pages

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks/request"
)

// BindErrorPages answers the errors of addresses that people open with a page in their language. Programs ask under /api and
// /hooks, and keep the JSON.
func BindErrorPages(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id:       "gonetsErrorPages",
			Priority: apis.DefaultActivityLoggerMiddlewarePriority - 1, // around the log, which is to see the error
			Func: func(e *core.RequestEvent) error {
				err := e.Next()
				if err == nil || e.Written() || !isForPeople(e.Request) {
					return err
				}
				return showError(e, router.ToApiError(err).Status)
			},
		})
		return e.Next()
	})
}

// isForPeople reports whether a request is about a page, and not one that programs send.
func isForPeople(r *http.Request) bool {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch first {
	case "api", "hooks":
		return false
	case "f": // a form is a page, and takes JSON too
		return !request.WantsJSON(r) && !strings.HasSuffix(rest, "/challenge")
	}
	return true
}

// showError answers the page of a status.
func showError(e *core.RequestEvent, status int) error {
	lang := pageLanguage(e.Request, "", "")
	first, _, _ := strings.Cut(strings.TrimPrefix(e.Request.URL.Path, "/"), "/")
	switch {
	case status == http.StatusNotFound && first == "u":
		return showPage(e, status, lostPage(lang))
	case status == http.StatusNotFound && first == "v":
		return showPage(e, status, languages[lang].view.notFound.page(status))
	}
	w := languages[lang].errors
	text, ok := w.byStatus[status]
	switch {
	case ok:
	case status >= http.StatusInternalServerError:
		text = w.byStatus[http.StatusInternalServerError]
	default:
		text = w.other
	}
	page := viewNotice{lang, text.title, text.text}.page(status)
	if !slices.Contains([]string{"u", "v", "c", "f"}, first) { // recipients of emails have no business there
		page.Home = w.home
	}
	return showPage(e, status, page)
}
