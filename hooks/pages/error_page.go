package pages

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/readertext"
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
	t := readertext.For("", e.Request.Header, "")
	first, _, _ := strings.Cut(strings.TrimPrefix(e.Request.URL.Path, "/"), "/")
	switch {
	case status == http.StatusNotFound && first == "u":
		return showNotice(e, status, t, t.OptOut.Lost)
	case status == http.StatusNotFound && first == "v":
		return showNotice(e, status, t, t.View.NotFound)
	}
	page := noticePage(status, t, errorNotice(status, t.Errors))
	if !slices.Contains([]string{"u", "v", "c", "f"}, first) { // recipients of emails have no business there
		page.Home = t.Errors.Home
	}
	return showPage(e, status, page)
}

// errorNotice is what the page of a status says.
func errorNotice(status int, w readertext.Errors) readertext.Notice {
	switch {
	case status == http.StatusForbidden:
		return w.Forbidden
	case status == http.StatusNotFound:
		return w.NotFound
	case status == http.StatusRequestEntityTooLarge:
		return readertext.Notice{Title: w.TooLarge.Title, Text: fmt.Sprintf(w.TooLarge.Text, middleware.GuestBody>>10)}
	case status == http.StatusTooManyRequests:
		return w.TooMany
	case status >= http.StatusInternalServerError:
		return w.Broken
	}
	return w.Other
}
