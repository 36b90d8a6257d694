package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/api"
	"gonets/internal/delivery"
	"gonets/internal/limit"
	"gonets/internal/smtptest"
)

func withSenders(app core.App) { api.BindSenders(app, delivery.New(app)) }

func TestASenderIsTriedOut(t *testing.T) {
	w := newWorld(t, withSenders)
	p := smtptest.Start(t, smtptest.Script{Accounts: map[string]string{"anna": "right"}})
	sender := w.Add(t, "senders", map[string]any{
		"name": "main", "from_email": "news@example.org", "host": p.Host(), "port": p.Port(), "tls": "none",
		"username": "anna", "password": "right",
	}).Id
	path := "/api/gonets/senders/" + sender + "/test"

	for i, status := range []int{401, 401, 403, 403, 403, 200} {
		w.Expect(t, status, everybody[i], http.MethodPost, path, nil)
	}
	w.Expect(t, 404, superuser, http.MethodPost, "/api/gonets/senders/nosuchsender000/test", nil)

	a := w.Expect(t, 200, superuser, http.MethodPost, path, map[string]any{"to": "Me@Example.org"})
	if a.Body["ok"] != true || a.Body["code"] != 250.0 || a.Body["pipelining"] != true {
		t.Errorf("answered %s", a.Text)
	}
	mails := p.Mails()
	if len(mails) != 1 || mails[0].To[0] != "me@example.org" || !strings.Contains(string(mails[0].Body), "From: <news@example.org>") {
		t.Errorf("%d mails: %+v", len(mails), mails)
	}
	if a := w.Expect(t, 400, superuser, http.MethodPost, path, map[string]any{"to": "nobody"}); a.Code("to") != "invalid_email" {
		t.Errorf("answered %s", a.Text)
	}

	w.Set(t, "senders", sender, "password", "guessed")
	a = w.Expect(t, 200, superuser, http.MethodPost, path, nil)
	if a.Body["ok"] != false || a.Body["stage"] != "login" || a.Body["code"] != 535.0 || a.Body["reason"] != "wrong_password" || strings.Contains(a.Text, "guessed") {
		t.Errorf("answered %s", a.Text)
	}
	w.Set(t, "senders", sender, "port", 1)
	if a := w.Expect(t, 200, superuser, http.MethodPost, path, nil); a.Body["ok"] != false || a.Body["stage"] != "connect" {
		t.Errorf("answered %s", a.Text)
	}
}

func TestOwnersSeeHowTheirSendersDoAndWhatIsLeft(t *testing.T) {
	w := newWorld(t, withSenders)
	id := w.Add(t, "senders", map[string]any{
		"name": "main", "from_email": "news@example.org", "host": "127.0.0.1", "port": 25, "tls": "none", "access": "everyone", "daily_limit": 10,
	}).Id
	w.Set(t, "users", w.IDs[anna], "daily_quota", 50)
	day := limit.UTCDay(time.Now())
	for _, row := range []dbx.Params{{"kind": "sender", "id": id, "day": day, "mails": 10}, {"kind": "owner", "id": w.IDs[anna], "day": day, "mails": 7}} {
		_, err := w.App.DB().Insert("usage", row).Execute()
		must(t, err)
	}
	a := w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/senders", nil)
	states, _ := a.Body["states"].(map[string]any)
	quota, _ := a.Body["quota"].(map[string]any)
	if states[id] != "used_up" || quota["limit"] != 50.0 || quota["used"] != 7.0 || strings.Contains(a.Text, "127.0.0.1") {
		t.Errorf("answered %s", a.Text)
	}
	// One that is switched off is nobody's choice.
	w.Set(t, "senders", id, "off", true)
	if a := w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/senders", nil); strings.Contains(a.Text, id) {
		t.Errorf("answered %s", a.Text)
	}
}
