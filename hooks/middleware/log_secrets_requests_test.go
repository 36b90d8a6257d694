package middleware_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/logger"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/hooks/hookstest"
	"gonets/hooks/middleware"
	"gonets/hooks/pages"
)

func TestTokensDoNotGetIntoTheLog(t *testing.T) {
	w := newWorld(t, middleware.BindLogSecrets, pages.BindUnsubscribe)
	settings := w.App.Settings()
	settings.Logs.MaxDays, settings.Logs.MinLevel = 1, -4
	must(t, w.App.Save(settings))
	message := w.Expect(t, 200, anna, http.MethodPost, recordsOf("messages"), hookstest.FileForm(t, "attachments", "price.txt", []byte("42")))
	attachment := "/api/files/messages/" + message.ID() + "/" + message.Body["attachments"].([]any)[0].(string)
	token, _ := w.Expect(t, 200, anna, http.MethodPost, "/api/files/token", nil).Body["token"].(string)
	link := strings.Repeat("a1b2c3", 9)[:52]

	w.Expect(t, 200, anonymous, http.MethodGet, attachment+"?token="+token, nil)
	w.Expect(t, 200, anonymous, http.MethodGet, attachment+"?download=1&token="+token+"&x=1", nil)
	w.Expect(t, 404, anonymous, http.MethodGet, attachment+"?x&token="+token[:len(token)-3]+"abc", nil, "Referer", "https://gonets.example"+attachment+"?token="+token)
	w.Expect(t, 404, anonymous, http.MethodGet, "/u/"+link, nil, "Referer", "https://gonets.example/v/"+link, "User-Agent", "bot "+w.Tokens[anna])
	w.App.Logger().Error("something with "+w.Tokens[anna], "error", errors.New("GET /x?token="+token), "group", map[string]any{"list": []string{"a", "/u/" + link}})

	handler, ok := w.App.Logger().Handler().(*logger.BatchHandler)
	if !ok {
		t.Fatal("PocketBase logs in another way")
	}
	all, requests := "", 0
	w.Eventually(t, "three requests in the log", func() bool { // requests are logged in the background
		must(t, handler.WriteAll(context.Background()))
		var logs []*core.Log
		must(t, w.App.AuxModelQuery(&core.Log{}).All(&logs))
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
	for what, secret := range map[string]string{"a file token": token[:30], "a session": w.Tokens[anna][:30], "a link of a mail": link} {
		if strings.Contains(all, secret) {
			t.Errorf("%s is in the log:\n%s", what, all)
		}
	}
	if requests != 3 || !strings.Contains(all, "x=1") || !strings.Contains(all, "something with") {
		t.Errorf("the log says too little:\n%s", all)
	}
}
