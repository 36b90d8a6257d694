package domains_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"gonets/hooks/hookstest"
	"gonets/internal/dkim"
	"gonets/internal/secret"
)

// domainData is a domain with keys, so that none have to be made.
func domainData(t *testing.T) map[string]any {
	t.Helper()
	one, err := dkim.MakeEd25519()
	hookstest.Must(t, err)
	two, err := dkim.MakeEd25519()
	hookstest.Must(t, err)
	return map[string]any{"name": hookstest.Unique("d%d.example.org"), "dkim_selector": "one", "dkim_key": one, "dkim_key_2": two}
}

func TestTheKeysOfADomainAreMadeAndNeverShown(t *testing.T) {
	w := hookstest.New(t)
	a := w.Expect(t, 200, hookstest.Superuser, http.MethodPost, hookstest.RecordsOf("domains"), map[string]any{
		"name": " Почта.РФ. ", "checked_at": "2026-01-01 00:00:00Z", "result": map[string]any{"ok": true},
	})
	for field, want := range map[string]any{"name": "xn--80a1acny.xn--p1ai", "dkim_selector": "gonets1", "dkim_selector_2": "gonets1-ed", "checked_at": "", "result": nil} {
		if a.Body[field] != want {
			t.Errorf("%s is %v, want %v", field, a.Body[field], want)
		}
	}
	stored, err := secret.Of(w.App, "domains", a.ID())
	hookstest.Must(t, err)
	rsa, ed := dkim.Key{PrivateKey: stored["dkim_key"]}, dkim.Key{PrivateKey: stored["dkim_key_2"]}
	if text, err := rsa.Record(); err != nil || !strings.HasPrefix(text, "v=DKIM1; k=rsa; p=") || !ed.IsEd25519() {
		t.Errorf("the keys are %q, %v", text, err)
	}
	for _, path := range []string{hookstest.RecordsOf("domains", a.ID()), hookstest.RecordsOf("domains")} {
		if seen := w.Expect(t, 200, hookstest.Superuser, http.MethodGet, path, nil); strings.Contains(seen.Text, "PRIVATE KEY") {
			t.Errorf("a key is shown: %s", seen.Text)
		}
	}
	if row, err := w.App.FindRecordById("domains", a.ID()); err != nil || row.GetString("dkim_key") != "" {
		t.Errorf("a key is in the record: %v", err)
	}
	w.Expect(t, 200, hookstest.Superuser, http.MethodPatch, hookstest.RecordsOf("domains", a.ID()), map[string]any{"dkim_selector_2": ""})
	if stored, err = secret.Of(w.App, "domains", a.ID()); err != nil || stored["dkim_key_2"] != "" || stored["dkim_key"] == "" {
		t.Errorf("with its selector the second key has not gone, or the first one has: %v", err)
	}
}

func TestDomainsThatCannotWorkAreRefused(t *testing.T) {
	w := hookstest.New(t)
	for _, c := range []struct {
		field, code string
		more        map[string]any
	}{
		{"name", "invalid_domain", map[string]any{"name": "https://example.org"}},
		{"name", "invalid_domain", map[string]any{"name": "news@example.org"}},
		{"name", "public_suffix", map[string]any{"name": "co.uk"}},
		{"dkim_key", "invalid_key", map[string]any{"dkim_key": "-----BEGIN PRIVATE KEY-----"}},
		{"dkim_selector_2", "same_selector", map[string]any{"dkim_selector_2": "one"}},
		{"dkim_selector", "validation_invalid_format", map[string]any{"dkim_selector": "a b"}},
	} {
		data := domainData(t)
		maps.Copy(data, c.more)
		if a := w.Expect(t, 400, hookstest.Superuser, http.MethodPost, hookstest.RecordsOf("domains"), data); a.Code(c.field) != c.code {
			t.Errorf("%v: %s, want %s at %s", c.more, a.Text, c.code, c.field)
		}
	}
	data := domainData(t)
	id := w.Expect(t, 200, hookstest.Superuser, http.MethodPost, hookstest.RecordsOf("domains"), data).ID()
	if a := w.Expect(t, 400, hookstest.Superuser, http.MethodPost, hookstest.RecordsOf("domains"), map[string]any{"name": data["name"]}); a.Code("name") == "" {
		t.Errorf("the same domain again: %s", a.Text)
	}
	if a := w.Expect(t, 400, hookstest.Superuser, http.MethodPatch, hookstest.RecordsOf("domains", id), map[string]any{"name": "other.example.org"}); a.Code("name") != "fixed" {
		t.Errorf("another name: %s", a.Text)
	}
}
