package api_test

import (
	"net/http"
	"strings"
	"testing"

	"gonets/hooks/api"
	"gonets/internal/smtptest"
)

func TestASenderIsTriedOut(t *testing.T) {
	w := newWorld(t, api.BindSenders)
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

	w.Set(t, "senders", sender, "password", "wrong")
	a = w.Expect(t, 200, superuser, http.MethodPost, path, nil)
	if a.Body["ok"] != false || a.Body["stage"] != "login" || a.Body["code"] != 535.0 || strings.Contains(a.Text, "wrong") {
		t.Errorf("answered %s", a.Text)
	}
	w.Set(t, "senders", sender, "port", 1)
	if a := w.Expect(t, 200, superuser, http.MethodPost, path, nil); a.Body["ok"] != false || a.Body["stage"] != "connect" {
		t.Errorf("answered %s", a.Text)
	}
}
