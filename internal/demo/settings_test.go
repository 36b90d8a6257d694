package demo

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/outbox"
)

func TestAnotherStartFindsItsOutboxAndLeavesTheRest(t *testing.T) {
	app, err := fill(t.TempDir(), noon)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = apptest.Close(app) })
	senders, err := app.FindCollectionByNameOrId("senders")
	if err != nil {
		t.Fatal(err)
	}
	other := core.NewRecord(senders)
	other.Load(map[string]any{"name": "Mine", "from_email": "me@example.org", "host": "127.0.0.1", "port": 1025, "access": "everyone"})
	if err := app.Save(other); err != nil {
		t.Fatal(err)
	}
	app.Settings().Meta.SenderName, app.Settings().RateLimits.Enabled = "Changed", true
	if err := app.Save(app.Settings()); err != nil {
		t.Fatal(err)
	}
	clients := column[int](t, app, `SELECT COUNT(*) FROM clients`)[0]

	box, err := outbox.Start(t.Context(), outbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	if err := Configure(app, box, "http://127.0.0.1:8091", false); err != nil {
		t.Fatal(err)
	}
	s := app.Settings()
	if s.Meta.AppURL != "http://127.0.0.1:8091" || s.SMTP.Port != box.Port() {
		t.Errorf("links lead to %s, mail goes to port %d", s.Meta.AppURL, s.SMTP.Port)
	}
	if s.Meta.SenderName != "Changed" || !s.RateLimits.Enabled {
		t.Error("what the superuser has changed was set back")
	}
	if n := column[int](t, app, `SELECT COUNT(*) FROM clients`)[0]; n != clients {
		t.Errorf("%d clients, want %d", n, clients)
	}
	for _, port := range column[int](t, app, `SELECT port FROM senders WHERE from_email LIKE '%.example'`) {
		if port != box.Port() {
			t.Errorf("a sender of the demo still uses port %d", port)
		}
	}
	if ports := column[int](t, app, `SELECT port FROM senders WHERE name = 'Mine'`); ports[0] != 1025 {
		t.Errorf("the superuser's own sender was moved to port %d", ports[0])
	}
}
