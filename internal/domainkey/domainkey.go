// Package domainkey finds the DKIM keys of the domain that an address is in. The keys are made when a domain is added, and kept
// as secrets.
package domainkey

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/address"
	"gonets/internal/dkim"
	"gonets/internal/secret"
)

// Domain is a domain with its keys.
type Domain struct {
	ID   string
	Name string
	// Keys sign e-mails now.
	Keys []dkim.Key
	// Next are keys that will sign once they are published; none unless the keys are being changed.
	Next []dkim.Key
	// Version changes with every change of the domain by the operator.
	Version string
}

// Of returns the domain that an address is in: its own domain, or else the closest one above it, whose signature is aligned
// with the address too (RFC 7489 § 3.1.1). It is nil if there is none.
func Of(app core.App, email string) (*Domain, error) {
	host, err := address.NormalizeDomain(address.Domain(email))
	if err != nil {
		return nil, nil // what is no address is in no domain
	}
	var names []any
	for name := host; strings.Contains(name, "."); _, name, _ = strings.Cut(name, ".") {
		names = append(names, name)
	}
	return read(app, dbx.In("name", names...))
}

// Named returns the domain of that name; nil if there is none.
func Named(app core.App, name string) (*Domain, error) {
	return read(app, dbx.HashExp{"name": name})
}

// read returns the domain with the longest name, by the unique index of names.
func read(app core.App, where dbx.Expression) (*Domain, error) {
	var row struct {
		ID            string `db:"id"`
		Name          string `db:"name"`
		Selector      string `db:"dkim_selector"`
		Selector2     string `db:"dkim_selector_2"`
		NextSelector  string `db:"next_selector"`
		NextSelector2 string `db:"next_selector_2"`
		Updated       string `db:"updated"`
	}
	err := app.ConcurrentDB().Select("id", "name", "dkim_selector", "dkim_selector_2", "next_selector", "next_selector_2", "updated").
		From("domains").Where(where).OrderBy("length(name) DESC").Limit(1).One(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a domain: %w", err)
	}
	secrets, err := secret.Of(app, "domains", row.ID)
	if err != nil {
		return nil, err
	}
	d := &Domain{ID: row.ID, Name: row.Name, Version: row.Updated}
	add := func(keys *[]dkim.Key, selector, private string) {
		if selector != "" && private != "" {
			*keys = append(*keys, dkim.Key{Domain: row.Name, Selector: selector, PrivateKey: private})
		}
	}
	add(&d.Keys, row.Selector, secrets[secret.DKIMKey])
	add(&d.Keys, row.Selector2, secrets[secret.DKIMKey2])
	add(&d.Next, row.NextSelector, secrets[secret.NextKey])
	add(&d.Next, row.NextSelector2, secrets[secret.NextKey2])
	return d, nil
}
