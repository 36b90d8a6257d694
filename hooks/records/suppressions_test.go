package records_test

import (
	"net/http"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/suppression"
)

func TestStopListIsMirroredInTheStatusOfClients(t *testing.T) {
	w := newWorld(t)
	client := func(email string) string {
		return w.Expect(t, 200, anna, http.MethodPost, recordsOf("clients"), map[string]any{"email": email}).ID()
	}
	stop := func(body map[string]any) string {
		return w.Expect(t, 200, anna, http.MethodPost, recordsOf("suppressions"), body).ID()
	}
	is := func(when, id, want string) {
		t.Helper()
		if got := w.Column(t, "clients", id, "status"); got != want {
			t.Errorf("%s the client is %s, want %s", when, got, want)
		}
	}

	ivan := client("ivan@example.com")
	is("at first", ivan, "active")
	one := stop(map[string]any{"value": "Ivan@Example.com", "reason": "complained"})
	is("once suppressed", ivan, "complained")
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("suppressions", one), map[string]any{"reason": "bounced"})
	is("with another reason", ivan, "bounced")
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("suppressions", one), map[string]any{"value": "petr@example.com"})
	is("when the entry is about somebody else", ivan, "active")

	petr := client("petr@example.com")
	is("created after the suppression", petr, "bounced")
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("clients", petr), map[string]any{"email": "petr2@example.com"})
	is("with a new address", petr, "active")
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("clients", petr), map[string]any{"email": "petr@example.com"})
	is("with the suppressed address again", petr, "bounced")
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("suppressions", one), nil)
	is("taken off the stop list", petr, "active")

	domain := stop(map[string]any{"kind": "domain", "value": "example.com"})
	is("under a suppressed domain", ivan, "unsubscribed")
	is("under a suppressed domain, created after it", client("olga@example.com"), "unsubscribed")
	is("under another domain", client("olga@mail.example.com"), "active")
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("suppressions", domain), nil)
	is("when the domain is free again", ivan, "active")

	his := w.Add(t, "clients", map[string]any{"owner": w.IDs[boris], "email": "ivan@example.com"}).Id
	stop(map[string]any{"value": "ivan@example.com"})
	is("another owner's", his, "active")
}

func TestOnlyTheStopListSetsTheStatusOfANewClient(t *testing.T) {
	w := newWorld(t)
	must(t, suppression.Add(w.App.NonconcurrentDB(), w.IDs[anna], "ivan@example.com", suppression.ReasonUnsubscribed, "", ""))
	r := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "ivan@example.com", "status": "active"})
	if got := w.Column(t, "clients", r.Id, "status"); got != "unsubscribed" {
		t.Errorf("the client is %s", got)
	}
}

func TestAnErasedAddressIsKeptAsAHash(t *testing.T) {
	w := newWorld(t)
	client := w.Expect(t, 200, anna, http.MethodPost, recordsOf("clients"), map[string]any{"email": "gone@example.com"}).ID()

	a := w.Expect(t, 200, anna, http.MethodPost, recordsOf("suppressions"), map[string]any{"kind": "erased", "value": " Gone@Example.com "})
	value, _ := a.Body["value"].(string)
	if !suppression.IsErasedValue(value) || w.Column(t, "suppressions", a.ID(), "value") != value {
		t.Errorf("kept as %q", value)
	}
	if got := w.Column(t, "clients", client, "status"); got != "unsubscribed" {
		t.Errorf("the client is %s", got)
	}
	w.Expect(t, 400, anna, http.MethodPost, recordsOf("suppressions"), map[string]any{"kind": "erased", "value": "gone@example.com"})

	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("suppressions", a.ID()), map[string]any{"note": "asked for it"})
	if got := w.Column(t, "suppressions", a.ID(), "value"); got != value {
		t.Errorf("an edit of the note makes it %q", got)
	}
	his := w.Expect(t, 200, boris, http.MethodPost, recordsOf("suppressions"), map[string]any{"kind": "erased", "value": "gone@example.com"})
	if his.Body["value"] == value {
		t.Error("equal addresses of two owners can be told to be equal")
	}

	listed := w.Expect(t, 200, anna, http.MethodPost, recordsOf("suppressions"), map[string]any{"value": "petr@example.com"}).ID()
	b := w.Expect(t, 200, anna, http.MethodPatch, recordsOf("suppressions", listed), map[string]any{"kind": "erased"})
	if v, _ := b.Body["value"].(string); !suppression.IsErasedValue(v) {
		t.Errorf("an entry that becomes erased is kept as %q", v)
	}

	for _, plain := range []string{"example.com", "Ivan", "abc123", "0123"} {
		a := w.Expect(t, 400, anna, http.MethodPost, recordsOf("suppressions"), map[string]any{"kind": "erased", "value": plain})
		if a.Code("value") != "erased_needs_address" {
			t.Errorf("%q: %s", plain, a.Text)
		}
	}
}

func TestARuleOverManyClientsHoldsAtOnceAndIsMirroredLater(t *testing.T) {
	const clients = 20_000
	w := newWorld(t)
	w.addClients(t, anna, clients)
	status := func(want string) int {
		t.Helper()
		return w.Count(t, "clients", dbx.HashExp{"owner": w.IDs[anna], "status": want})
	}
	stop := func(body map[string]any) string {
		return w.Expect(t, 200, anna, http.MethodPost, recordsOf("suppressions"), body).ID()
	}

	// The last address in the order of the look.
	erased := stop(map[string]any{"kind": "erased", "value": "c9999@example.com"})
	reasons, err := suppression.Reasons(w.App.DB(), w.IDs[anna], []string{"c9999@example.com"})
	if err != nil || len(reasons) != 1 {
		t.Errorf("the rule does not hold: %v (%v)", reasons, err)
	}
	if n := status("unsubscribed"); n != 0 {
		t.Error("the transaction of the request looked at all clients")
	}
	must(t, suppression.FinishMirror(t.Context(), w.App, w.IDs[anna]))
	if n := status("unsubscribed"); n != 1 {
		t.Errorf("%d clients are unsubscribed, want 1", n)
	}

	domain := stop(map[string]any{"kind": "domain", "value": "example.com"})
	if n := status("active"); n < clients/2 {
		t.Errorf("the transaction of the request changed all but %d clients", n)
	}
	w.workAll(t)
	if n := status("unsubscribed"); n != clients {
		t.Errorf("%d of %d clients are unsubscribed", n, clients)
	}

	// Both rules go while the look for the one is under way.
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("suppressions", domain), nil)
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("suppressions", erased), nil)
	w.workAll(t)
	if n := status("active"); n != clients {
		t.Errorf("%d of %d clients are active again", n, clients)
	}
	if n := w.Count(t, "tasks", dbx.HashExp{"kind": suppression.MirrorTask}); n != 0 {
		t.Errorf("%d tasks are left", n)
	}
}
