package domains_test

import (
	"net/http"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/domains"
	"gonets/hooks/hookstest"
	"gonets/internal/dkim"
	"gonets/internal/dnstest"
	"gonets/internal/nameserver"
)

func TestDomainsAreForSuperusers(t *testing.T) {
	resolver := new(nameserver.Resolver)
	w := hookstest.New(t, func(app core.App) { domains.BindRoutes(app, resolver) })
	one, err := dkim.MakeEd25519()
	hookstest.Must(t, err)
	w.Add(t, "domains", map[string]any{"name": "mine.test", "dkim_key": one})
	hookstest.Must(t, resolver.Set(dnstest.Start(t, map[string]string{"mine.test": dnstest.TXT("_dmarc", "v=DMARC1; p=reject")})))

	for _, c := range []struct{ method, path string }{
		{http.MethodGet, "/api/gonets/domains/mine.test"},
		{http.MethodGet, "/api/gonets/domains/mine.test/check"},
		{http.MethodPost, "/api/gonets/domains/mine.test/rotate"},
	} {
		for i, status := range []int{401, 401, 403, 403, 403, 200} {
			w.Expect(t, status, hookstest.Everybody[i], c.method, c.path, nil)
		}
	}
	checked := w.Expect(t, 200, hookstest.Superuser, http.MethodGet, "/api/gonets/domains/Mine.Test./check", nil)
	records, _ := checked.Body["records"].([]any)
	verdicts := map[any]any{}
	for _, r := range records {
		record := r.(map[string]any)
		verdicts[record["kind"]] = record["verdict"]
		if _, isList := record["found"].([]any); !isList || record["expected"] == "" {
			t.Errorf("answered %v", record)
		}
	}
	if verdicts["dmarc"] != "ok" || verdicts["spf"] != "missing" || verdicts["dkim"] != "missing" || verdicts["next_dkim"] != "missing" || checked.Body["ok"] != false {
		t.Errorf("answered %s", checked.Text)
	}
	if a := w.Expect(t, 200, hookstest.Superuser, http.MethodGet, "/api/gonets/domains/mine.test", nil); a.Body["checked_at"] == nil {
		t.Errorf("the result was not kept: %s", a.Text)
	}
	for _, path := range []string{"/api/gonets/domains/other.test/check", "/api/gonets/domains/no%20domain", "/api/gonets/domains/other.test"} {
		w.Expect(t, 404, hookstest.Superuser, http.MethodGet, path, nil)
	}
}
