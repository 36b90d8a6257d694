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
	lang := pageLanguage(e.Request, "")
	first, _, _ := strings.Cut(strings.TrimPrefix(e.Request.URL.Path, "/"), "/")
	switch {
	case status == http.StatusNotFound && first == "u":
		return showPage(e, status, lostPage(lang))
	case status == http.StatusNotFound && first == "v":
		return showPage(e, status, viewNotices[lang].notFound.page(status))
	}
	w := errorWords[lang]
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

// errorText is what a page says of an error.
type errorText struct{ title, text string }

var errorWords = map[string]struct {
	byStatus map[int]errorText
	other    errorText // any other status from 400 to 499
	home     string
}{
	"ru": {
		byStatus: map[int]errorText{
			http.StatusForbidden:           {"Сюда нельзя", "Эта страница так не открывается. Откройте её по тому адресу, который вам дали."},
			http.StatusNotFound:            {"Такой страницы нет", "По этому адресу ничего нет. Проверьте, что он скопирован целиком."},
			http.StatusTooManyRequests:     {"Слишком много запросов", "Подождите минуту и попробуйте ещё раз."},
			http.StatusInternalServerError: {"Ошибка на сервере", "Это наша ошибка. Попробуйте ещё раз через несколько минут."},
		},
		other: errorText{"Запрос не принят", "С ним что-то не так. Откройте страницу заново и попробуйте ещё раз."},
		home:  "На главную",
	},
	"en": {
		byStatus: map[int]errorText{
			http.StatusForbidden:           {"You can't open this page", "It does not open this way. Use the address that you were given."},
			http.StatusNotFound:            {"Page not found", "There is nothing at this address. Check that it was copied completely."},
			http.StatusTooManyRequests:     {"Too many requests", "Please wait a minute and try again."},
			http.StatusInternalServerError: {"Something went wrong", "This is our fault. Please try again in a few minutes."},
		},
		other: errorText{"The request was not accepted", "Something is wrong with it. Open the page again and try once more."},
		home:  "Go to the home page",
	},
}
