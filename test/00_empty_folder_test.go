package e2e

import (
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

func Test00ABinaryAndAnEmptyFolderAreEnough(t *testing.T) {
	w := emptyWorld(t, 3*time.Minute)
	w.catchMail(outbox.Options{})
	w.command("superuser", "upsert", rootEmail, password).wantCode(t, 0)
	w.serve()
	w.signInRoot()
	w.useMailServer(w.outbox.Addr())

	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 3, numbered)
	var page struct{ TotalItems int }
	owner.get("/api/collections/clients/records").want(200).into(&page)
	if page.TotalItems != 3 {
		t.Fatalf("the owner sees %d clients, want 3", page.TotalItems)
	}

	// PocketBase's own mail goes through the same mail server.
	w.root.post("/api/settings/test/email", object{"email": "try@example.org", "template": "verification", "collection": "users"}).want(204)
	if err := w.outbox.Wait(w.ctx, 1); err != nil {
		t.Fatal(err)
	}
	if mail := w.outbox.List(0, 1, "try@example.org"); mail.TotalItems != 1 || !strings.Contains(mail.Items[0].From, fromAddress) {
		t.Fatalf("caught %+v", mail)
	}

	// What was written is there after a power cut, and a polite request to stop is heard.
	w.restart()
	owner.get("/api/collections/clients/records").want(200).into(&page)
	if page.TotalItems != 3 {
		t.Fatalf("after a restart the owner sees %d clients, want 3", page.TotalItems)
	}
	if code := w.server.stop(); code != 0 {
		t.Fatalf("SIGTERM: exit code %d", code)
	}
}

func Test00AMistakenCommandSaysSo(t *testing.T) {
	w := emptyWorld(t, 3*time.Minute)
	for _, tc := range []struct {
		name string
		args []string
	}{
		{"an unknown command", []string{"snd"}},
		{"an unknown flag", []string{"serve", "--nonsense"}},
		{"an address that cannot be listened on", []string{"serve", "--http", "256.0.0.1:1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := command(w.ctx, t, w.folder, append(tc.args, "--dir", w.data)...)
			r.wantCode(t, 1)
			if strings.TrimSpace(r.stderr) == "" {
				t.Error("stderr says nothing")
			}
		})
	}
}
