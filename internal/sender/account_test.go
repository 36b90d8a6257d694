package sender

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/dkim"
	"gonets/internal/secret"
)

func TestASenderSignsWithTheKeysOfTheDomainOfFrom(t *testing.T) {
	app := apptest.New(t)
	secret.Bind(app)
	key, err := dkim.MakeEd25519()
	if err != nil {
		t.Fatal(err)
	}
	save := func(collection string, data map[string]any) *core.Record {
		t.Helper()
		c, err := app.FindCollectionByNameOrId(collection)
		if err != nil {
			t.Fatal(err)
		}
		r := core.NewRecord(c)
		r.Load(data)
		if err := app.Save(r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	domain := save("domains", map[string]any{"name": "gonets.io", "dkim_selector": "one", "dkim_selector_2": "two", "dkim_key": key, "dkim_key_2": key})
	save("domains", map[string]any{"name": "low.gonets.io", "dkim_selector": "low", "dkim_key": key})
	save("domains", map[string]any{"name": "nets.io", "dkim_selector": "other", "dkim_key": key})
	account := func(id string) *Account {
		t.Helper()
		a, err := Of(app, id)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	sender := func(from string, more map[string]any) string {
		data := map[string]any{"name": from, "access": "everyone", "from_email": from, "host": "mail.gonets.io", "port": 25}
		for name, value := range more {
			data[name] = value
		}
		return save("senders", data).Id
	}
	for from, want := range map[string][]string{
		"a@gonets.io":      {"one._domainkey.gonets.io", "two._domainkey.gonets.io"},
		"a@new.gonets.io":  {"one._domainkey.gonets.io", "two._domainkey.gonets.io"},
		"a@low.gonets.io":  {"low._domainkey.low.gonets.io"},
		"a@xgonets.io":     nil,
		"a@gonets.io.test": nil,
	} {
		var got []string
		for _, key := range account(sender(from, nil)).DKIM {
			got = append(got, key.Name())
		}
		if len(got) != len(want) || len(got) > 0 && got[0] != want[0] || len(got) > 1 && got[1] != want[1] {
			t.Errorf("e-mails from %s are signed with %q, want %q", from, got, want)
		}
	}
	own := account(sender("b@gonets.io", map[string]any{"dkim_domain": "own.io", "dkim_selector": "own", "dkim_key": key}))
	if len(own.DKIM) != 1 || own.DKIM[0].Domain != "own.io" {
		t.Errorf("the sender's own key does not win: %+v", own.DKIM)
	}

	two := account(sender("d@gonets.io", map[string]any{
		"dkim_domain": "own.io", "dkim_selector": "rsa", "dkim_key": key, "dkim_selector_2": "ed", "dkim_key_2": key,
	}))
	if len(two.DKIM) != 2 || two.DKIM[0].Name() != "rsa._domainkey.own.io" || two.DKIM[1].Name() != "ed._domainkey.own.io" {
		t.Errorf("a sender with two keys signs with %+v", two.DKIM)
	}

	id := sender("c@gonets.io", nil)
	before := account(id).Version
	if _, err := app.DB().NewQuery(`UPDATE domains SET result = '{}', checked_at = '2026-01-01 00:00:00.000Z'`).Execute(); err != nil {
		t.Fatal(err)
	}
	if account(id).Version != before {
		t.Error("a check makes the engine prepare the mailings again")
	}
	domain.Set("dkim_selector", "three")
	if err := app.Save(domain); err != nil {
		t.Fatal(err)
	}
	if a := account(id); a.Version == before || a.DKIM[0].Selector != "three" {
		t.Errorf("another selector changes nothing: %q, %q", before, a.Version)
	}
	settings := app.Settings()
	settings.SMTP.Enabled, settings.SMTP.Host, settings.Meta.SenderAddress = true, "mail.gonets.io", "news@gonets.io"
	if a := account(""); len(a.DKIM) != 2 {
		t.Errorf("e-mails by the mail settings are signed with %+v", a.DKIM)
	}
}
