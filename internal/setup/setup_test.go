package setup

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
)

const password = "correct horse battery"

func TestATokenMakesOneSuperuser(t *testing.T) {
	app := apptest.New(t)
	now := time.Now()
	s := New(app)
	s.now = func() time.Time { return now }
	wantRefused := func(what, token string, want error) {
		t.Helper()
		if err := s.Check(token); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
		if _, err := s.MakeSuperuser(token, "op@example.org", password); !errors.Is(err, want) {
			t.Errorf("%s makes a superuser: %v, want %v", what, err, want)
		}
	}
	wantRefused("before the start", "", errUnknown)
	first := s.Begin()
	token := s.Begin()
	wantRefused("the token of the start before", first, errUnknown)
	wantRefused("a guess", "guess", errUnknown)
	if err := s.Check(token); err != nil {
		t.Fatal(err)
	}
	now = now.Add(lifetime)
	wantRefused("after an hour", token, errExpired)
	now = now.Add(-time.Second)
	if _, err := s.MakeSuperuser(token, "no address", "short"); err == nil || errors.Is(err, errDone) {
		t.Errorf("fields that are wrong: %v", err)
	}

	var made, refused int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			_, err := s.MakeSuperuser(token, "op@example.org", password)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				made++
			case errors.Is(err, errDone):
				refused++
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if made != 1 || refused != 3 {
		t.Errorf("%d superusers were made, and %d refused", made, refused)
	}
	wantRefused("used", token, errDone)
	if record, err := app.FindAuthRecordByEmail(core.CollectionNameSuperusers, "op@example.org"); err != nil || !record.ValidatePassword(password) {
		t.Errorf("the superuser cannot sign in: %v", err)
	}
}

func TestTheSetupGoesOnWhereItWasLeft(t *testing.T) {
	app := apptest.New(t)
	next := func(want string) {
		t.Helper()
		s, err := StateOf(t.Context(), app)
		if err != nil || s.Next != want {
			t.Errorf("next is %q (%v), want %q: %+v", s.Next, err, want, s)
		}
	}
	exec := func(sql string) {
		t.Helper()
		if _, err := app.DB().NewQuery(sql).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	next(stepService)
	app.Settings().Meta.AppURL = "http://127.0.0.1:8090"
	next(stepService)
	app.Settings().Meta.AppURL = "https://mail.example.org"
	next(stepMail)
	app.Settings().SMTP.Enabled, app.Settings().SMTP.Host = true, "localhost"
	next(stepDomain)
	exec(`INSERT INTO domains (id, name) VALUES ('d', 'example.org')`)
	next(stepRegistration)
	exec(`UPDATE instance SET updated = '2099-01-01 00:00:00.000Z'`)
	next(stepManager)
	exec(`INSERT INTO users (id, email, role, verified, tokenKey) VALUES ('u', 'm@example.org', 'manager', TRUE, 'k')`)
	next("")
}
