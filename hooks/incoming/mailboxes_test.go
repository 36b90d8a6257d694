package incoming_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/hookstest"
	"gonets/hooks/incoming"
	"gonets/internal/feedback"
	"gonets/internal/intake"
	"gonets/internal/porttest"
)

// TestMailboxesAreTriedBySuperusers asks for a mailbox whose server does not exist.
func TestMailboxesAreTriedBySuperusers(t *testing.T) {
	w := hookstest.New(t, func(app core.App) {
		incoming.BindMailboxes(app, intake.NewMailboxes(app, feedback.New(app)))
	})
	id := w.Expect(t, 200, hookstest.Superuser, http.MethodPost, hookstest.RecordsOf("mailboxes"), map[string]any{
		"name": "bounces", "kind": "imap", "host": "127.0.0.1", "port": porttest.Free(t), "username": "ann", "password": "s3cret",
	}).ID()
	path := "/api/gonets/mailboxes/" + id
	for verb, want := range map[string]hookstest.Verdicts{
		"/test": {401, 401, 403, 403, 403, 200},
		"/read": {401, 401, 403, 403, 403, 409},
	} {
		for i, who := range hookstest.Everybody {
			w.Expect(t, want[i], who, http.MethodPost, path+verb, nil)
		}
	}
	a := w.Expect(t, 200, hookstest.Superuser, http.MethodPost, path+"/test", nil)
	if a.Body["ok"] != false || a.Body["stage"] != "connect" || !strings.Contains(a.Field("error"), "cannot be reached") {
		t.Errorf("the test says %s", a.Text)
	}
	if a := w.Expect(t, 409, hookstest.Superuser, http.MethodPost, path+"/read", nil); a.Code("active") != "mailbox_inactive" {
		t.Errorf("reading an inactive one: %s", a.Text)
	}
	w.Expect(t, 200, hookstest.Superuser, http.MethodPatch, hookstest.RecordsOf("mailboxes", id), map[string]any{"active": true})
	if a := w.Expect(t, 409, hookstest.Superuser, http.MethodPost, path+"/read", nil); a.Code("mailbox") != "mailbox_read_elsewhere" {
		t.Errorf("reading without being the process that reads: %s", a.Text)
	}
	w.Expect(t, 404, hookstest.Superuser, http.MethodPost, "/api/gonets/mailboxes/no-such-mailbox/test", nil)
}
