package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Test17AWebhookTakesReportsAndItsKeyIsNotLogged sends a mailing and reports by HTTP that one of its recipients does not exist.
func Test17AWebhookTakesReportsAndItsKeyIsNotLogged(t *testing.T) {
	const secret = "a secret that nobody guesses"
	w := newWorld(t, time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 2, numbered)
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "send", nil).want(202)
	owner.reaches(id, "completed")
	var hook struct{ Key string }
	w.root.post("/api/collections/bounce_hooks/records", object{"provider": "generic", "secret": secret, "active": true}).want(200).into(&hook)

	body := `{"type": "hard", "recipient": "` + numbered(1) + `", "code": 550, "enhanced_code": "5.1.1", "diagnostic": "550 5.1.1 User unknown",` +
		` "message_id": "` + strings.Trim(field(w.mails(numbered(1), 1), "Message-ID"), "<>") + `"}`
	for _, c := range []struct {
		signature string
		want      int
	}{{"sha256=00", 401}, {signed(secret, body), 200}, {signed(secret, body), 200}} {
		if got := w.report(hook.Key, body, c.signature); got != c.want {
			t.Errorf("answered %d, want %d", got, c.want)
		}
	}
	var m struct{ Sent, Bounced int }
	owner.get("/api/collections/mailings/records/" + id).want(200).into(&m)
	if m.Sent != 1 || m.Bounced != 1 {
		t.Errorf("the mailing is %+v", m)
	}

	var logs string
	eventually(w.ctx, t, "the requests are in the log", func() bool {
		logs = string(w.root.get("/api/logs?perPage=500").want(200).body)
		return strings.Count(logs, "/hooks/generic/") >= 3
	})
	if strings.Contains(logs, hook.Key) {
		t.Error("the key is in the log")
	}
}

// report calls the generic webhook of bounces with this key, and returns the status of the answer.
func (w *world) report(key, body, signature string) int {
	w.t.Helper()
	q, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.nobody.base+"/hooks/generic/"+key, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	q.Header.Set("Gonets-Signature", signature)
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = r.Body.Close()
	return r.StatusCode
}

// signed is the signature of a body, as the generic webhook wants it.
func signed(secret, body string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}
