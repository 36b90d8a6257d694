package e2e

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
	"gonets/internal/tempdir"
)

// Test05ARequestToStopDuringABackupIsNotHeldUp has a backup that takes minutes, as one of a large data folder on
// a slow disk does.
func Test05ARequestToStopDuringABackupIsNotHeldUp(t *testing.T) {
	t.Parallel()
	const total = 300
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, total, numbered)
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "send", nil).want(202)
	if err := w.outbox.Wait(w.ctx, 20); err != nil {
		t.Fatal(err)
	}

	// It takes minutes to pack, and no room.
	endless := filepath.Join(w.data, "endless")
	if err := os.WriteFile(endless, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(endless, 256<<30); err != nil {
		t.Skipf("no file with a hole of this size can be made here: %v", err)
	}
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	go func() {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.root.base+"/api/backups", strings.NewReader(`{"name":"endless.zip"}`))
		if err != nil {
			return
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", w.root.token)
		if answer, err := http.DefaultClient.Do(request); err == nil {
			_ = answer.Body.Close()
		}
	}()
	eventually(w.ctx, t, "the backup has begun", func() bool {
		begun, _ := filepath.Glob(filepath.Join(w.data, tempdir.Name, "*", "backup-*", "backup.zip"))
		return len(begun) > 0
	})

	begun := time.Now()
	if code := w.server.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(begun); took > patience {
		t.Errorf("it took %v to end", took)
	}
	if err := os.Remove(endless); err != nil {
		t.Fatal(err)
	}
	w.serve()
	owner.reaches(id, "completed")
	b := w.balancedBooks(id)
	if sent, unsure := b.states["sent"], b.states["uncertain"]; sent+unsure != total || unsure > connections {
		t.Errorf("of %d recipients the states are %v", total, b.states)
	}
	for address, n := range w.outbox.Counts() {
		if n > 1 {
			t.Errorf("%s was mailed %d times", address, n)
		}
	}
}
