package pages

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"
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
				if err == nil || e.Written() || !isForPeople(e.Request.URL.Path) {
					return err
				}
				return showError(e, router.ToApiError(err).Status)
			},
		})
		return e.Next()
	})
}

// isForPeople reports whether a path is outside those that programs use.
func isForPeople(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first != "api" && first != "hooks"
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
	if first != "u" && first != "v" { // recipients of emails have no business there
		page.Home = w.home
	}
	return showPage(e, status, page)
}
