package pages_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/pages"
)

// failing adds routes that answer a status, or fail with an error that has none.
func failing(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		fail := func(e *core.RequestEvent) error {
			switch e.Request.PathValue("status") {
			case "403":
				return e.ForbiddenError("Not from here.", nil)
			case "413":
				return apis.NewApiError(http.StatusRequestEntityTooLarge, "Too large.", nil)
			case "429":
				return e.TooManyRequestsError("", nil)
			case "502":
				return apis.NewApiError(http.StatusBadGateway, "", nil)
			case "panic":
				panic("on purpose")
			}
			return errors.New("disk is full: /secret/path")
		}
		for _, prefix := range []string{"/fails/", "/api/fails/", "/hooks/fails/", "/u/fails/"} {
			e.Router.GET(prefix+"{status}", fail)
		}
		return e.Next()
	})
}

func TestErrorsArePagesWherePeopleAre(t *testing.T) {
	w := newWorld(t, pages.BindErrorPages, pages.BindUnsubscribe, pages.BindView, failing)
	for _, c := range []struct {
		path, language string
		status         int
		title          string // "" for JSON
	}{
		{"/whatever", "ru-RU,ru;q=0.9", 404, "Такой страницы нет"},
		{"/whatever/deeper", "", 404, "Page not found"},
		{"/u", "ru", 404, "Ссылка не работает"},
		{"/u/a/b", "de, en;q=0.5", 404, "This link does not work"},
		{"/v/", "ru", 404, "Письма здесь нет"},
		{"/fails/403", "ru", 403, "Сюда нельзя"},
		{"/fails/413", "en", 413, "The request is too large"},
		{"/fails/429", "en", 429, "Too many requests"},
		{"/fails/500", "ru", 500, "Ошибка на сервере"},
		{"/fails/502", "en", 502, "Something went wrong"},
		{"/fails/panic", "en", 500, "Something went wrong"},
		{"/u/fails/429", "ru", 429, "Слишком много запросов"},
		{"/api/whatever", "ru", 404, ""},
		{"/api/fails/429", "ru", 429, ""},
		{"/api", "ru", 404, ""},
		{"/hooks/whatever", "ru", 404, ""},
		{"/hooks/fails/500", "ru", 500, ""},
	} {
		t.Run(c.path+" "+c.language, func(t *testing.T) {
			rec := w.Get(t, anonymous, c.path, "Accept-Language", c.language)
			body := rec.Body.String()
			if rec.Code != c.status || strings.Contains(body, "secret") {
				t.Fatalf("%d %s", rec.Code, body)
			}
			kind := rec.Header().Get("Content-Type")
			if c.title == "" {
				if !strings.HasPrefix(kind, "application/json") {
					t.Errorf("a program gets %s", kind)
				}
				return
			}
			if !strings.HasPrefix(kind, "text/html") || !strings.Contains(body, "<h1>"+strings.ReplaceAll(c.title, "'", "&#39;")+"</h1>") {
				t.Errorf("%s: %s", kind, body)
			}
			if h := rec.Header(); h.Get("Cache-Control") != "no-store" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("headers %v", h)
			}
			forRecipients := strings.HasPrefix(c.path, "/u") || strings.HasPrefix(c.path, "/v")
			if home := strings.Contains(body, `href="/"`); home == forRecipients {
				t.Errorf("a link to the home page: %t", home)
			}
		})
	}
	if rec := w.Send(t, anonymous, http.MethodPost, "/whatever"); rec.Code != 404 || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
		t.Errorf("POST: %d %v", rec.Code, rec.Header())
	}
}
