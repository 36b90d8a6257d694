package delivery

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonets/internal/mailingtest"
)

// stands waits until an engine says this of itself.
func (w *world) stands(e *Engine, place Place, code string) State {
	w.T.Helper()
	for wait := mailingtest.NewWait(); ; {
		s := e.State()
		if s.Sending == place && s.Code == code {
			return s
		}
		if wait.Over() {
			w.T.Fatalf("waited in vain for %s %s: %+v", place, code, s)
		}
	}
}

func TestTheStateSaysWhoSends(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := New(w.App), New(w.App)
	w.stands(first, Nowhere, StateStopped)
	first.Start(t.Context())
	w.stands(first, Here, "")
	second.Start(t.Context())
	t.Cleanup(func() { second.Stop(t.Context()) })
	if s := w.stands(second, Elsewhere, ""); !strings.Contains(s.Detail, "process ") {
		t.Errorf("who sends is not named: %+v", s)
	}

	first.noteLedger(errors.New("no space left on device"))
	if s := w.stands(first, Nowhere, StateDatabase); !strings.Contains(s.Detail, "no space") || s.Since.IsZero() {
		t.Errorf("%+v", s)
	}
	first.noteLedger(nil)
	w.stands(first, Here, "")
	first.Stop(t.Context())
	w.stands(first, Nowhere, StateStopped)
	w.stands(second, Here, "")
}

// TestTheStateSaysWhyNobodySends has a folder where files must be, so that neither can be opened.
func TestTheStateSaysWhyNobodySends(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{epochFile: StateEpoch, lockFile: StateLock} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			path := filepath.Join(w.Dir, name)
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
			e := w.start()
			w.stands(e, Nowhere, code)
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			w.stands(e, Here, "")
		})
	}
}

func TestAnUnreadableDatabaseIsNotReady(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.start()
	w.stands(e, Here, "")
	rename := func(from, to string) {
		t.Helper()
		if _, err := w.App.NonconcurrentDB().NewQuery(`ALTER TABLE ` + from + ` RENAME TO ` + to).Execute(); err != nil {
			t.Fatalf("rename %s: %v", from, err)
		}
	}
	rename("contents", "elsewhere")
	w.stands(e, Nowhere, StateDatabase)
	rename("elsewhere", "contents")
	w.stands(e, Here, "")
}
