package e2e

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Test14ARestoredBackupMailsNobodyTwice restores a backup that was made in the middle of a mailing, as an
// operator does in the admin UI: the server restarts itself with books that do not know of the last mails.
func Test14ARestoredBackupMailsNobodyTwice(t *testing.T) {
	t.Parallel()
	const total = 300
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, total, numbered)
	message := owner.message(nil)
	id, later := owner.mailing(message, nil), owner.mailing(message, nil)
	owner.verb(later, "schedule", object{"starts_at": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}).want(200)
	owner.verb(id, "send", nil).want(202)
	w.mustCome(20)
	w.root.post("/api/backups", object{"name": "middle.zip"}).want(204)
	owner.reaches(id, "completed")
	if n := w.outbox.Total(); n != total {
		t.Fatalf("%d mails before the backup is restored, want %d", n, total)
	}

	w.root.post("/api/backups/middle.zip/restore", nil).want(204)
	// The answer comes before the restart: until the old books are there, the mailing is completed.
	eventually(w.ctx, t, "the mailings of the old books are paused", func() bool {
		return owner.isNow(id, "paused") && owner.isNow(later, "paused")
	})
	for _, held := range []string{id, later} {
		if code := owner.read(held).waits(t).Code; code != "restored_backup" {
			t.Errorf("a mailing is paused because of %q", code)
		}
	}
	m := owner.read(id)
	if m.Sent == 0 || m.Sent == total || m.Total != total {
		t.Errorf("the old books say %+v", m)
	}
	if n := w.outbox.Total(); n != total {
		t.Errorf("%d mails after the backup was restored, want none but the %d before", n, total)
	}
	// Its owner decides: the one goes on when it is resumed, the other waits for its time again.
	owner.verb(later, "resume", nil).want(200)
	if status := owner.read(later).Status; status != "scheduled" {
		t.Errorf("what had not begun is %s after it was resumed", status)
	}
	owner.verb(id, "cancel", nil).want(200)
	if n := w.outbox.Total(); n != total {
		t.Errorf("%d mails in the end", n)
	}
}

// isNow reports whether the mailing has a status; a server that is away, as one that restarts is, says nothing.
func (c *client) isNow(id, status string) bool {
	request, err := http.NewRequestWithContext(c.ctx, http.MethodGet, c.base+"/api/collections/mailings/records/"+id, nil)
	if err != nil {
		return false
	}
	request.Header.Set("Authorization", c.token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	var m mailing
	return json.NewDecoder(answer.Body).Decode(&m) == nil && m.Status == status
}
