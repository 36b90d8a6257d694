package domain

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/dkim"
	"gonets/internal/dnsrecord"
	"gonets/internal/domainkey"
	"gonets/internal/secret"
)

// defaultSelector is that of the first key of a domain; its second key has the same with the ending.
const (
	defaultSelector = "gonets1"
	secondEnding    = "-ed"
)

// MakeKeys makes the keys that a new domain was not given: one for RSA, and one for Ed25519.
func MakeKeys(domain *core.Record) error {
	if domain.GetString("dkim_selector") == "" {
		domain.Set("dkim_selector", defaultSelector)
	}
	first := domain.GetString("dkim_selector")
	if domain.GetString("dkim_selector_2") == "" {
		domain.Set("dkim_selector_2", first+secondEnding)
	}
	return makeBoth(domain, secret.DKIMKey, secret.DKIMKey2)
}

func makeBoth(domain *core.Record, one, two string) error {
	if domain.GetString(one) == "" {
		key, err := dkim.MakeRSA()
		if err != nil {
			return err
		}
		domain.Set(one, key)
	}
	if domain.GetString(two) != "" {
		return nil
	}
	make := dkim.MakeEd25519
	if (dkim.Key{PrivateKey: domain.GetString(one)}).IsEd25519() {
		make = dkim.MakeRSA // who was given one for Ed25519 needs one that every receiver verifies
	}
	key, err := make()
	if err == nil {
		domain.Set(two, key)
	}
	return err
}

// ErrNoDomain says that there is no such domain in the collection.
var ErrNoDomain = errors.New("there is no such domain")

// Rotate makes keys that replace those of a domain. They are used once a check has found both published: until then a signature
// would not be accepted. Called again, it makes others.
func Rotate(app core.App, name string) error {
	record, err := app.FindFirstRecordByData("domains", "name", name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, ErrNoDomain)
	}
	taken := []string{record.GetString("dkim_selector"), record.GetString("dkim_selector_2")}
	selector := following(taken[0])
	for slices.Contains(taken, selector) || slices.Contains(taken, selector+secondEnding) {
		selector = following(selector)
	}
	record.Set("next_selector", selector)
	if taken[1] == "" { // the operator wants one signature only
		key, err := dkim.MakeRSA()
		if err != nil {
			return err
		}
		record.Set(secret.NextKey, key)
	} else {
		record.Set("next_selector_2", selector+secondEnding)
		if err := makeBoth(record, secret.NextKey, secret.NextKey2); err != nil {
			return err
		}
	}
	if err := app.Save(record); err != nil {
		return fmt.Errorf("keep the next keys of %s: %w", name, err)
	}
	return nil
}

var number = regexp.MustCompile(`[0-9]{1,6}$`)

// following is the selector after another: gonets2 after gonets1.
func following(selector string) string {
	at := number.FindStringIndex(selector)
	if at == nil {
		return selector[:min(len(selector), 50)] + "2"
	}
	n, _ := strconv.Atoi(selector[at[0]:])
	return selector[:min(at[0], 50)] + strconv.Itoa(n+1)
}

// nextIsPublished reports whether there are keys that replace others, and all of them were found.
func (r *Report) nextIsPublished() bool {
	n := 0
	for _, record := range r.Records {
		if record.Kind != KindNextDKIM && record.Kind != KindNextDKIM2 {
			continue
		}
		if n++; record.Verdict != dnsrecord.OK {
			return false
		}
	}
	return n > 0
}

// promote has the next keys of a domain sign, and reports whether it did: not if the domain was changed since those keys were
// looked for.
func promote(app core.App, of *domainkey.Domain) (done bool, err error) {
	err = app.RunInTransaction(func(tx core.App) error {
		record, err := tx.FindRecordById("domains", of.ID)
		if err != nil {
			return fmt.Errorf("read the domain: %w", err)
		}
		if record.GetString("updated") != of.Version {
			return nil
		}
		secrets, err := secret.Of(tx, "domains", of.ID)
		if err != nil {
			return err
		}
		record.Set("dkim_selector", record.GetString("next_selector"))
		record.Set("dkim_selector_2", record.GetString("next_selector_2"))
		record.Set(secret.DKIMKey, secrets[secret.NextKey])
		record.Set(secret.DKIMKey2, secrets[secret.NextKey2])
		record.Set("next_selector", "")
		record.Set("next_selector_2", "")
		if err := tx.Save(record); err != nil {
			return fmt.Errorf("change the keys of %s: %w", of.Name, err)
		}
		done = true
		return nil
	})
	return done, err
}

// promoted makes the report one after promote.
func (r *Report) promoted() {
	r.Changed = true
	r.Records = slices.DeleteFunc(r.Records, func(record Record) bool { return record.Kind == KindDKIM || record.Kind == KindDKIM2 })
	r.OK = true
	for i := range r.Records {
		record := &r.Records[i]
		switch record.Kind {
		case KindNextDKIM:
			record.Kind = KindDKIM
		case KindNextDKIM2:
			record.Kind = KindDKIM2
		}
		r.OK = r.OK && record.Level != levelError
	}
}
