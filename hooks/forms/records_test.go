package forms_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/signup"
)

// TestAnOwnerHasAtMostAHundredForms adds the last ones at the same moment.
func TestAnOwnerHasAtMostAHundredForms(t *testing.T) {
	w := newWorld(t)
	const free = 3
	for i := 1; i < signup.MostForms-free; i++ { // there is one already
		w.Add(t, "forms", map[string]any{"owner": w.IDs[anna], "name": fmt.Sprint("Form ", i)})
	}
	var wait sync.WaitGroup
	for range 4 * free {
		wait.Go(func() {
			a := w.Ask(t, anna, http.MethodPost, "/api/collections/forms/records", map[string]any{"name": "One more"})
			if a.Status != 200 && (a.Status != 400 || a.Code("name") != "too_many_forms") {
				t.Errorf("%d %s", a.Status, a.Text)
			}
		})
	}
	wait.Wait()
	if n := w.Count(t, "forms", dbx.HashExp{"owner": w.IDs[anna]}); n != signup.MostForms {
		t.Errorf("there are %d forms", n)
	}
	w.Expect(t, 200, boris, http.MethodPost, "/api/collections/forms/records", map[string]any{"name": "Of another owner"})
}
