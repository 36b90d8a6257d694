// Package domains has the records and the routes of the domains that e-mails come from. Only superusers reach them.
package domains

import (
	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/net/publicsuffix"

	"gonets/hooks/records"
	"gonets/hooks/request"
	"gonets/internal/address"
	"gonets/internal/dkim"
	"gonets/internal/domain"
	"gonets/internal/secret"
)

// BindRecords keeps the domains valid, and makes their keys.
func BindRecords(app core.App) {
	normalize := func(r *core.Record) {
		if name, err := domain.Normalize(r.GetString("name")); err == nil {
			r.Set("name", name)
		}
	}
	app.OnRecordCreate("domains").BindFunc(func(e *core.RecordEvent) error {
		normalize(e.Record)
		if err := domain.MakeKeys(e.Record); err != nil {
			return err
		}
		return e.Next()
	})
	app.OnRecordUpdate("domains").BindFunc(func(e *core.RecordEvent) error {
		normalize(e.Record)
		return e.Next()
	})
	app.OnRecordValidate("domains").BindFunc(func(e *core.RecordEvent) error {
		r, bad := e.Record, request.Refusals{}
		name := r.GetString("name")
		suffix, isOfICANN := publicsuffix.PublicSuffix(name)
		switch _, err := address.NormalizeDomain(name); {
		case name == "":
		case err != nil:
			bad.Add("name", "invalid_domain", "Must be a domain such as example.org, without https:// and without an @")
		case suffix == name && isOfICANN:
			bad.Add("name", "public_suffix", "Anybody can register names below this one: name your own domain, such as example."+name)
		case !r.IsNew() && r.Original().GetString("name") != name:
			bad.Add("name", "fixed", "A domain keeps its name, because its keys belong to it: add the other one")
		}
		bad.SecondKey(r)
		for _, key := range [][2]string{
			{"dkim_selector", secret.DKIMKey},
			{"dkim_selector_2", secret.DKIMKey2},
			{"next_selector", secret.NextKey},
			{"next_selector_2", secret.NextKey2},
		} {
			checkKey(bad, r, key[0], key[1])
		}
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})
	records.WrittenByUs(app, "domains", "checked_at", "result")
	records.HideSecrets(app, "domains")
}

// checkKey refuses a key that cannot sign.
func checkKey(bad request.Refusals, r *core.Record, selectorField, keyField string) {
	private := r.GetString(keyField)
	if private == "" {
		return
	}
	if r.GetString(selectorField) == "" {
		bad.Add(selectorField, "selector_required", "Set the selector at which the key is published")
		return
	}
	// What is wrong with the domain and the selector is told at their fields.
	if _, err := dkim.NewSigner(dkim.Key{Domain: "example.org", Selector: "s", PrivateKey: private}); err != nil {
		bad.Add(keyField, "invalid_key", "Must be a private key for RSA (1024 bits or more) or Ed25519 in PEM, which begins with -----BEGIN PRIVATE KEY-----")
	}
}
