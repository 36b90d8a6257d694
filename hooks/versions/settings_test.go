package versions_test

import (
	"net/http"
	"testing"
)

func TestSettingsAreNotSavedOverWhatSomebodyElseHasSaved(t *testing.T) {
	w := newWorld(t)
	const path = "/api/settings"
	name := func(name string) map[string]any { return map[string]any{"meta": map[string]any{"appName": name}} }
	first := w.Expect(t, 200, superuser, http.MethodGet, path, nil).Header.Get("ETag")
	second := w.Expect(t, 200, superuser, http.MethodPatch, path, name("One"), "If-Match", first).Header.Get("ETag")
	if first == "" || second == "" || first == second {
		t.Fatalf("the versions are %q and %q", first, second)
	}
	stale := w.Expect(t, 412, superuser, http.MethodPatch, path, name("Two"), "If-Match", first)
	if stale.Code("updated") != "changed_meanwhile" {
		t.Errorf("the refusal says %s", stale.Text)
	}
	if got := w.App.Settings().Meta.AppName; got != "One" {
		t.Errorf("it is called %q after a refused change", got)
	}
	// A change that is refused for another reason makes no version.
	w.Expect(t, 400, superuser, http.MethodPatch, path, name(""), "If-Match", second)
	if got := w.Expect(t, 200, superuser, http.MethodGet, path, nil).Header.Get("ETag"); got != second {
		t.Errorf("the version is %q, want %q", got, second)
	}
	w.Expect(t, 200, superuser, http.MethodPatch, path, name("Three"), "If-Match", second)
	w.Expect(t, 200, superuser, http.MethodPatch, path, name("Four"))
	w.Expect(t, 200, superuser, http.MethodPatch, path, name("Five"), "If-Match", "*")
	if got := w.App.Settings().Meta.AppName; got != "Five" {
		t.Errorf("it is called %q", got)
	}
}
