package forms_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/bulk"
	"gonets/internal/clientfile"
	"gonets/internal/consent"
	"gonets/internal/task"
)

// asked works on the tasks that ask people to confirm until there is none, and returns how many e-mails there are.
func (w *world) asked(t *testing.T) int {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go task.NewWorker(w.App, map[string]task.Work{consent.AskTask: w.signups.AskPending}).Run(ctx)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if w.Count(t, "tasks", dbx.HashExp{"kind": consent.AskTask}) == 0 {
			return w.mails(t)
		}
		if time.Now().After(deadline) {
			t.Fatal("people are still to be asked after a minute")
		}
	}
}

// standing is the status of a client on the list of recipes.
func (w *world) standing(t *testing.T, email string) (status string) {
	t.Helper()
	must(t, w.App.DB().NewQuery(`SELECT COALESCE((SELECT s.status FROM subscriptions s JOIN clients c ON c.id = s.client
		WHERE s.list = {:list} AND c.email = {:email} AND c.owner = {:owner}), '')`).
		Bind(dbx.Params{"list": w.public, "email": email, "owner": w.IDs[anna]}).Row(&status))
	return status
}

// TestAListWithDoubleOptInAsksWhomItsOwnerAdds adds people by a record, in bulk, by the upsert and by files.
func TestAListWithDoubleOptInAsksWhomItsOwnerAdds(t *testing.T) {
	w := newWorld(t)
	owner := w.IDs[anna]
	w.Expect(t, 200, anna, http.MethodPatch, "/api/collections/lists/records/"+w.public, map[string]any{"double_opt_in": true})
	add := func(email, language string) string {
		return w.Add(t, "clients", map[string]any{"owner": owner, "email": email, "language": language}).Id
	}
	joined := map[string]any{"list": w.public, "client": add(ivan, "ru"), "status": "confirmed"}
	w.Expect(t, 200, anna, http.MethodPost, "/api/collections/subscriptions/records", joined)
	if w.standing(t, ivan) != "pending" || w.asked(t) != 1 {
		t.Fatalf("%s, %d e-mails", w.standing(t, ivan), w.mails(t))
	}
	links := w.links(t, ivan)
	if len(links) != 1 {
		t.Fatalf("%q", links)
	}
	w.Get(t, visitor, links[0], "Content-Type", "")
	if w.standing(t, ivan) != "pending" {
		t.Error("opening the link confirms")
	}
	w.confirm(t, links[0])
	if w.standing(t, ivan) != "confirmed" {
		t.Error("the link does not confirm")
	}
	if log := w.events(t, ivan); !slices.Equal(log, []string{"requested Recipes by the owner ", "confirmed Recipes  203.0.113.9"}) {
		t.Errorf("%q", log)
	}

	// In bulk: two are asked, and nobody who is on the stop list. Asking again asks nobody.
	w.Add(t, "suppressions", map[string]any{"owner": owner, "kind": "address", "value": "left@example.com", "reason": "unsubscribed"})
	ids := []string{add("b1@example.com", ""), add("b2@example.com", ""), add("left@example.com", "")}
	for range 2 {
		_, err := bulk.Join(t.Context(), w.App, owner, w.public, ids, "confirmed")
		must(t, err)
		if w.standing(t, "b1@example.com") != "pending" || w.standing(t, "left@example.com") != "pending" || w.asked(t) != 3 || len(w.links(t, "left@example.com")) > 0 {
			t.Fatalf("%s, %d e-mails", w.standing(t, "b1@example.com"), w.mails(t))
		}
	}

	// By the upsert, as a program adds people.
	rows := map[string]any{"lists": []string{w.public}, "clients": []map[string]any{{"email": "upserted@example.com"}, {"email": "b1@example.com"}}}
	for range 2 {
		w.Expect(t, 200, anna, http.MethodPost, "/api/gonets/clients/upsert", rows)
		if w.standing(t, "upserted@example.com") != "pending" || w.asked(t) != 4 || len(w.links(t, "upserted@example.com")) != 1 {
			t.Fatalf("%s, %d e-mails", w.standing(t, "upserted@example.com"), w.mails(t))
		}
	}

	// By files: one of them says that people have agreed.
	for n, c := range []struct {
		email, status string
		consent       bool
	}{{"asked@example.com", "pending", false}, {"agreed@example.com", "confirmed", true}} {
		path := filepath.Join(t.TempDir(), "clients.csv")
		must(t, os.WriteFile(path, []byte("email\n"+c.email+"\n"), 0o600))
		opts := clientfile.ImportOptions{Owner: owner, List: w.public, Consent: c.consent}
		_, _, err := clientfile.NewImporter(w.App).Run(t.Context(), path, "clients.csv", opts, func(clientfile.ImportResult) {})
		must(t, err)
		if w.standing(t, c.email) != c.status || w.asked(t) != 5 {
			t.Errorf("file %d: %s, %d e-mails", n, w.standing(t, c.email), w.mails(t))
		}
	}
}

// TestWhoIsTakenOffAListWithDoubleOptInByMistakeIsPutBackUnasked takes people off, by a record and in bulk, and back.
func TestWhoIsTakenOffAListWithDoubleOptInByMistakeIsPutBackUnasked(t *testing.T) {
	w := newWorld(t)
	owner, records := w.IDs[anna], "/api/collections/subscriptions/records"
	client := w.Add(t, "clients", map[string]any{"owner": owner, "email": ivan}).Id
	on := map[string]any{"list": w.public, "client": client, "status": "confirmed"}
	row := w.Expect(t, 200, anna, http.MethodPost, records, on).ID() // before the list has double opt-in
	w.Expect(t, 200, anna, http.MethodPatch, "/api/collections/lists/records/"+w.public, map[string]any{"double_opt_in": true})

	w.Expect(t, 204, anna, http.MethodDelete, records+"/"+row, nil)
	w.Expect(t, 200, anna, http.MethodPost, records, on)
	if w.standing(t, ivan) != "confirmed" || w.asked(t) != 0 {
		t.Errorf("by a record: %s, %d e-mails", w.standing(t, ivan), w.mails(t))
	}
	left, err := bulk.Leave(t.Context(), w.App, owner, w.public, []string{client})
	must(t, err)
	_, err = bulk.Join(t.Context(), w.App, owner, w.public, left.Confirmed, "confirmed")
	must(t, err)
	if w.standing(t, ivan) != "confirmed" || w.asked(t) != 0 {
		t.Errorf("in bulk: %s, %d e-mails", w.standing(t, ivan), w.mails(t))
	}
	by := " Recipes by the owner "
	if log := w.events(t, ivan); !slices.Equal(log, []string{"added" + by, "withdrawn" + by, "changed" + by, "withdrawn" + by, "changed" + by}) {
		t.Errorf("%q", log)
	}

	// Who has not confirmed has to; and who was taken off long ago is asked again.
	other := w.Add(t, "clients", map[string]any{"owner": owner, "email": "other@example.com"}).Id
	asked := map[string]any{"list": w.public, "client": other, "status": "confirmed"}
	row = w.Expect(t, 200, anna, http.MethodPost, records, asked).ID()
	w.Expect(t, 204, anna, http.MethodDelete, records+"/"+row, nil)
	w.Expect(t, 200, anna, http.MethodPost, records, asked)
	left, err = bulk.Leave(t.Context(), w.App, owner, w.public, []string{client})
	must(t, err)
	w.SQL(t, `UPDATE consents SET created = strftime('%Y-%m-%d %H:%M:%fZ', created, '-2 hours') WHERE client = {:c}`, dbx.Params{"c": client})
	_, err = bulk.Join(t.Context(), w.App, owner, w.public, left.Confirmed, "confirmed")
	must(t, err)
	if w.standing(t, "other@example.com") != "pending" || w.standing(t, ivan) != "pending" || w.asked(t) != 2 {
		t.Errorf("%s, %s, %d e-mails", w.standing(t, "other@example.com"), w.standing(t, ivan), w.mails(t))
	}
}
