package domain

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/net/publicsuffix"

	"gonets/internal/address"
	"gonets/internal/dkim"
	"gonets/internal/domainkey"
)

// user is a sender whose From is in the domain, or PocketBase's own mail settings.
type user struct {
	name string
	// from and envelope are the domains of From and of the envelope sender.
	from, envelope string
	term           string // allows its mail server in SPF
}

// subject is a domain, and what has to be known of the instance to tell its records.
type subject struct {
	name   string
	keys   *domainkey.Domain // nil if the domain is not in the collection
	users  []user
	public string // the host name of this instance
	// isRead says that a mailbox is read for bounces, so that they may arrive elsewhere.
	isRead bool
}

// maxUsers is how many senders of a domain are looked at: each may need a term in SPF, which has at most ten.
const maxUsers = 20

func subjectOf(ctx context.Context, app core.App, name string) (*subject, error) {
	keys, err := domainkey.Named(app, name)
	if err != nil {
		return nil, err
	}
	settings := app.Settings()
	s := &subject{name: name, keys: keys, public: publicHost(settings.Meta.AppURL)}
	if settings.SMTP.Enabled {
		s.add("", settings.Meta.SenderAddress, "", settings.SMTP.Host)
	}
	var rows []struct {
		Name       string `db:"name"`
		FromEmail  string `db:"from_email"`
		ReturnPath string `db:"return_path"`
		Host       string `db:"host"`
	}
	err = app.ConcurrentDB().NewQuery(`SELECT name, from_email, return_path, host FROM senders ORDER BY created, id`).WithContext(ctx).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read the senders of a domain: %w", err)
	}
	for _, row := range rows {
		s.add(row.Name, row.FromEmail, row.ReturnPath, row.Host)
	}
	err = app.ConcurrentDB().NewQuery(`SELECT EXISTS (SELECT 1 FROM mailboxes WHERE active)`).WithContext(ctx).Row(&s.isRead)
	if err != nil {
		return nil, fmt.Errorf("look for a mailbox that is read: %w", err)
	}
	return s, nil
}

func (s *subject) add(name, from, returnPath, host string) {
	domain, err := address.NormalizeDomain(address.Domain(from))
	if err != nil || !isIn(domain, s.name) || len(s.users) == maxUsers {
		return
	}
	u := user{name: name, from: domain, envelope: domain, term: termOf(host, s.public)}
	if returnPath != "" {
		if path, err := address.NormalizeDomain(address.Domain(returnPath)); err == nil {
			u.envelope = path
		}
	}
	s.users = append(s.users, u)
}

// isIn reports whether a name is the domain or below it.
func isIn(name, domain string) bool { return name == domain || strings.HasSuffix(name, "."+domain) }

// zone is the domain whose zone most probably has the records: the one that is registered.
func (s *subject) zone() string {
	zone, err := publicsuffix.EffectiveTLDPlusOne(s.name)
	if err != nil {
		return s.name
	}
	return zone
}

// terms are what the SPF record of the domain of an envelope sender has to allow.
func (s *subject) terms(envelope string) []string {
	var terms []string
	for _, u := range s.users {
		if u.envelope == envelope && !slices.Contains(terms, u.term) {
			terms = append(terms, u.term)
		}
	}
	return terms
}

// envelopes are the domains of envelope senders that are in the domain, itself first.
func (s *subject) envelopes() []string {
	all := []string{s.name}
	for _, u := range s.users {
		if isIn(u.envelope, s.name) && !slices.Contains(all, u.envelope) {
			all = append(all, u.envelope)
		}
	}
	return all
}

// records are those that the domain should publish.
func (s *subject) records() ([]Record, error) {
	var all []Record
	for _, envelope := range s.envelopes() {
		r := Record{Kind: KindReturnPath, Type: "TXT", Name: envelope}
		if envelope == s.name || slices.ContainsFunc(s.users, func(u user) bool { return u.from == envelope }) {
			r.Kind = KindSPF
		}
		terms := s.terms(envelope)
		if len(terms) == 0 { // no e-mail has it in its envelope: only who forges
			r.Optional = len(s.users) > 0
			terms = s.allTerms()
		}
		r.Expected = "v=spf1 " + strings.Join(terms, " ") + " ~all"
		all = append(all, r)
	}
	if s.keys == nil {
		all = append(all, Record{Kind: KindDKIM, Type: "TXT", Name: "_domainkey." + s.name})
	} else {
		for i, kinds := range [][]string{{KindDKIM, KindDKIM2}, {KindNextDKIM, KindNextDKIM2}} {
			for j, key := range [][]dkim.Key{s.keys.Keys, s.keys.Next}[i] {
				text, err := key.Record()
				if err != nil {
					return nil, err
				}
				// Not every receiver verifies Ed25519: those use the other signature.
				all = append(all, Record{Kind: kinds[min(j, 1)], Type: "TXT", Name: key.Name(), Expected: text, Optional: key.IsEd25519() && j > 0})
			}
		}
	}
	all = append(all, Record{Kind: KindDMARC, Type: "TXT", Name: "_dmarc." + s.name, Expected: "v=DMARC1; p=none"})
	return append(all, s.bounces()...), nil
}

// bounces are the records by which bounces come in: of the return paths in the domain, or, without one, of a domain that could be
// one.
func (s *subject) bounces() []Record {
	var all []Record
	mx := func(domain string, optional bool) {
		all = append(all, Record{
			Kind: KindMX, Type: "MX", Name: domain, Expected: cmp.Or(s.public, s.name), Priority: 10, Optional: optional,
		})
	}
	for _, u := range s.users {
		isNew := !slices.ContainsFunc(all, func(r Record) bool { return r.Name == u.envelope })
		if u.envelope != u.from && isIn(u.envelope, s.name) && isNew {
			mx(u.envelope, s.isRead)
		}
	}
	if len(all) == 0 {
		path := "bounces." + s.name
		all = append(all, Record{Kind: KindReturnPath, Type: "TXT", Name: path, Expected: "v=spf1 " + strings.Join(s.allTerms(), " ") + " ~all", Optional: true})
		mx(path, true)
	}
	return all
}

// allTerms are the terms of all senders of the domain, and without one those of a mail server on this machine.
func (s *subject) allTerms() []string {
	var terms []string
	for _, u := range s.users {
		if !slices.Contains(terms, u.term) {
			terms = append(terms, u.term)
		}
	}
	if len(terms) == 0 {
		terms = []string{termOf("", s.public)}
	}
	return terms
}

// merged is an SPF record that has the terms of those that are there too, before what is said of all others.
func merged(there []string, terms []string) string {
	all, last := []string{"v=spf1"}, "~all"
	for _, record := range there {
		for _, term := range strings.Fields(record)[1:] {
			switch {
			case strings.EqualFold(strings.TrimLeft(term, "+-~?"), "all"):
				if term[0] == '-' || term[0] == '?' {
					last = term
				}
			case len(term) > 9 && strings.EqualFold(term[:9], "redirect="):
				terms = append([]string{"include:" + term[9:]}, terms...)
			case !slices.Contains(all, term):
				all = append(all, term)
			}
		}
	}
	for _, term := range terms {
		if !slices.Contains(all, term) {
			all = append(all, term)
		}
	}
	return strings.Join(append(all, last), " ")
}

// maxString is how long one string of a TXT record may be (RFC 1035 § 3.3); longer values consist of several.
const maxString = 255

func parts(text string) []string {
	var all []string
	for len(text) > maxString {
		all, text = append(all, text[:maxString]), text[maxString:]
	}
	if len(all) == 0 {
		return nil
	}
	return append(all, text)
}

// hostIn is a name as editors of zones want it.
func hostIn(zone, name string) string {
	if name == zone {
		return "@"
	}
	return strings.TrimSuffix(name, "."+zone)
}
