package hooks

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/logger"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/hooks/middleware"
	"gonets/hooks/pages"
)

func TestTokensDoNotGetIntoTheLog(t *testing.T) {
	w := newWorld(t, middleware.BindLogSecrets, pages.BindUnsubscribe)
	settings := w.app.Settings()
	settings.Logs.MaxDays, settings.Logs.MinLevel = 1, -4
	must(t, w.app.Save(settings))
	message := w.expect(t, 200, anna, http.MethodPost, recordsOf("messages"), fileForm(t, "attachments", "price.txt", []byte("42")))
	attachment := "/api/files/messages/" + message.id() + "/" + message.body["attachments"].([]any)[0].(string)
	token, _ := w.expect(t, 200, anna, http.MethodPost, "/api/files/token", nil).body["token"].(string)
	link := strings.Repeat("a1b2c3", 9)[:52]

	w.expect(t, 200, anonymous, http.MethodGet, attachment+"?token="+token, nil)
	w.expect(t, 200, anonymous, http.MethodGet, attachment+"?download=1&token="+token+"&x=1", nil)
	w.expect(t, 404, anonymous, http.MethodGet, attachment+"?x&token="+token[:len(token)-3]+"abc", nil, "Referer", "https://gonets.example"+attachment+"?token="+token)
	w.expect(t, 404, anonymous, http.MethodGet, "/u/"+link, nil, "Referer", "https://gonets.example/v/"+link, "User-Agent", "bot "+w.tokens[anna])
	w.app.Logger().Error("something with "+w.tokens[anna], "error", errors.New("GET /x?token="+token), "group", map[string]any{"list": []string{"a", "/u/" + link}})

	handler, ok := w.app.Logger().Handler().(*logger.BatchHandler)
	if !ok {
		t.Fatal("PocketBase logs in another way")
	}
	all, requests := "", 0
	w.eventually(t, "three requests in the log", func() bool { // requests are logged in the background
		must(t, handler.WriteAll(context.Background()))
		var logs []*core.Log
		must(t, w.app.AuxModelQuery(&core.Log{}).All(&logs))
		all, requests = "", 0
		for _, l := range logs {
			raw, err := types.JSONMap[any](l.Data).MarshalJSON()
			must(t, err)
			all += l.Message + " " + string(raw) + "\n"
			if strings.Contains(string(raw), attachment) {
				requests++
			}
		}
		return requests >= 3 && strings.Contains(all, "something with")
	})
	for what, secret := range map[string]string{"a file token": token[:30], "a session": w.tokens[anna][:30], "a link of a mail": link} {
		if strings.Contains(all, secret) {
			t.Errorf("%s is in the log:\n%s", what, all)
		}
	}
	if requests != 3 || !strings.Contains(all, "x=1") || !strings.Contains(all, "something with") {
		t.Errorf("the log says too little:\n%s", all)
	}
}

func TestWithoutSecretsKeepsTheRest(t *testing.T) {
	for in, want := range map[string]string{
		"/api/files/a/b/c.png?thumb=56x56":                 "/api/files/a/b/c.png?thumb=56x56",
		"/x?token=abc&y=2#z":                               "/x?token=…&y=2#z",
		"/x?file_token=abc":                                "/x?file_token=…",
		"/x?next=%2Fy%3Ftoken%3Dabc":                       "/x?next=%2Fy%3Ftoken%3D…",
		"https://a.example/#/reset/eyJhbGciOiJI.eyJp.c-2_": "https://a.example/#/reset/…",
		"/u/short":                             "/u/short",
		"/U/a1b2c3a1b2c3a1b2c3a1b2c3?x=1":      "/U/…?x=1",
		"/u/%2e/a1b2c3a1b2c3a1b2c3a1b2c3":      "/u/%2e/…",
		"//v//./a1b2c3a1b2c3a1b2c3a1b2c3/":     "//v//./…/",
		"/x?back=%2Fu%2fa1b2c3a1b2c3a1b2c3a1b": "/x?back=%2Fu%2f…",
		"/u/%61%31b2c3a1b2c3a1b2c3a1b2c3a1b2":  "/u/…",
		"/%75/a1b2c3a1b2c3a1b2c3a1b2c3":        "/%75/…",
		"/u/%2e%2E/u/a1b2c3a1b2c3a1b2c3a1b2c3": "/u/%2e%2E/u/…",
		"invalid token":                        "invalid token",
		"3 tokens=?":                           "3 tokens=?",
		"/api/collections/users/auth-refresh":  "/api/collections/users/auth-refresh",
		"/api/gonets/mailings/abcdefghijklmno": "/api/gonets/mailings/abcdefghijklmno",
	} {
		if got := middleware.WithoutSecrets(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
