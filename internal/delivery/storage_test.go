package delivery

import (
	"context"
	"errors"
	"testing"

	"gonets/internal/denial"
	"gonets/internal/smtptest"
	"gonets/internal/storage"
)

// TestLaunchedAttachmentsAreCounted: a launch keeps copies of the attachments, for which there has to be room.
func TestLaunchedAttachmentsAreCounted(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(1)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	const size = 600 << 10
	w.attach(id, size)
	limit := func(megabytes int) {
		t.Helper()
		if _, err := w.App.NonconcurrentDB().NewQuery(`UPDATE instance SET storage_limit_mb = {:n}`).Bind(map[string]any{"n": megabytes}).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	used := func() int64 {
		t.Helper()
		n, err := storage.Used(w.App.ConcurrentDB(), w.Record(id).GetString("owner"))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	limit(1)
	of := storage.Of{Collection: "images", Record: "other0000000000", Owner: w.Record(id).GetString("owner")}
	if err := storage.Reserve(w.App.NonconcurrentDB(), of, []storage.File{{Name: "a", Bytes: 512 << 10}}, nil); err != nil {
		t.Fatal(err)
	}
	e := New(w.App)
	var refused *denial.Error
	if _, err := e.Launch(context.Background(), id, ""); !errors.As(err, &refused) || refused.Code != "storage_full" {
		t.Errorf("launched without room: %v", err)
	}
	if n := used(); n != 512<<10 {
		t.Errorf("%d bytes after the launch was refused", n)
	}
	limit(2)
	w.launch(e, id)
	if n := used(); n != size+512<<10 {
		t.Errorf("%d bytes after the launch", n)
	}
	if _, err := w.App.NonconcurrentDB().NewQuery(`DELETE FROM mailings WHERE id = {:id}`).Bind(map[string]any{"id": id}).Execute(); err != nil {
		t.Fatal(err)
	}
	if n, err := storage.Used(w.App.ConcurrentDB(), of.Owner); err != nil || n != 512<<10 {
		t.Errorf("%d bytes after the mailing was deleted, %v", n, err)
	}
}
