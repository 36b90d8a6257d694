package domain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/dnsrecord"
	"gonets/internal/excerpt"
	"gonets/internal/nameserver"
	"gonets/internal/printable"
)

// checkTime bounds one check, whatever the name servers do.
const checkTime = 20 * time.Second

// RecordsOf tells the records that a domain of the collection should publish, and what the last check found, without asking for
// them. It fails with ErrNoDomain.
func RecordsOf(ctx context.Context, app core.App, name string) (Report, error) {
	s, err := subjectOf(ctx, app, name)
	if err != nil {
		return Report{}, err
	}
	if s.keys == nil {
		return Report{}, ErrNoDomain
	}
	var stored string
	err = app.ConcurrentDB().NewQuery(`SELECT coalesce(result, '') FROM domains WHERE id = {:id}`).WithContext(ctx).
		Bind(dbx.Params{"id": s.keys.ID}).Row(&stored)
	if err != nil {
		return Report{}, fmt.Errorf("read the result of the last check: %w", err)
	}
	var last Report
	if json.Unmarshal([]byte(stored), &last) != nil || last.CheckedAt == nil {
		return s.report(s.zone())
	}
	report, err := s.report(last.Zone)
	if err != nil {
		return Report{}, err
	}
	report.CheckedAt, report.Asked, report.OK, report.Alignment = last.CheckedAt, last.Asked, last.OK, last.Alignment
	for i, record := range report.Records {
		at := slices.IndexFunc(last.Records, func(r Record) bool { return r.Kind == record.Kind && r.Name == record.Name })
		if at >= 0 {
			report.Records[i] = last.Records[at]
		}
	}
	return report, nil
}

func (s *subject) report(zone string) (Report, error) {
	records, err := s.records()
	if err != nil {
		return Report{}, err
	}
	r := Report{Name: s.name, Zone: zone, Listed: s.keys != nil, Senders: []string{}, Asked: []string{}, Records: records}
	for _, u := range s.users {
		r.Senders = append(r.Senders, u.name)
	}
	for i := range r.Records {
		record := &r.Records[i]
		record.Host, record.Parts, record.Found = hostIn(zone, record.Name), parts(record.Expected), []string{}
		record.Verdict, record.Level, record.Text = NotChecked, levelOK, "not asked for yet"
	}
	r.Alignment = Alignment{Verdict: "unknown", From: s.name, Text: "not checked yet"}
	return r, nil
}

// Check asks the name servers of a domain for its records. If the domain is in the collection, the result is kept there, and
// keys that replace others sign from now on if they were found.
func Check(ctx context.Context, app core.App, resolver *nameserver.Resolver, name string) (Report, error) {
	s, err := subjectOf(ctx, app, name)
	if err != nil {
		return Report{}, err
	}
	asking, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	report, err := s.check(asking, resolver)
	if err != nil {
		return Report{}, err
	}
	if s.keys == nil {
		return report, nil
	}
	if report.nextIsPublished() {
		done, err := promote(app, s.keys)
		if err != nil {
			return Report{}, err
		}
		if done {
			report.promoted()
		}
	}
	return report, keep(app, s.keys.ID, report)
}

// Examine is Check of a domain as a user writes it.
func Examine(ctx context.Context, app core.App, resolver *nameserver.Resolver, name string) (Report, error) {
	ascii, err := Normalize(name)
	if err != nil {
		return Report{}, fmt.Errorf("%q is no domain: give one such as example.org", name)
	}
	return Check(ctx, app, resolver, ascii)
}

// keep stores the result of a check. The statement leaves updated as it is: the keys have not changed.
func keep(app core.App, id string, report Report) error {
	result, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("write the result of a check: %w", err)
	}
	_, err = app.NonconcurrentDB().NewQuery(`UPDATE domains SET checked_at = {:at}, result = {:result} WHERE id = {:id}`).
		Bind(dbx.Params{"at": types.NowDateTime().String(), "result": string(result), "id": id}).Execute()
	if err != nil {
		return fmt.Errorf("keep the result of a check: %w", err)
	}
	return nil
}

func (s *subject) check(ctx context.Context, resolver *nameserver.Resolver) (Report, error) {
	zone, asked := s.zone(), []string{}
	var verdict dnsrecord.Verdict
	z, err := resolver.ZoneOf(ctx, s.name)
	switch {
	case isOfMailboxProvider(s.name):
		verdict = NotYours
	case errors.Is(err, nameserver.ErrNoName):
		verdict = NoDomain
	case err != nil:
		verdict = NoAnswer
	default:
		zone, asked = z.Apex, z.Servers
	}
	report, rerr := s.report(zone)
	if rerr != nil {
		return Report{}, rerr
	}
	now := time.Now().UTC().Truncate(time.Second)
	report.CheckedAt, report.Asked = &now, append(report.Asked, asked...)
	if verdict == "" {
		var all sync.WaitGroup
		for i := range report.Records {
			all.Go(func() { s.look(ctx, z, &report.Records[i]) })
		}
		all.Wait()
	}
	report.OK = true
	for i := range report.Records {
		record := &report.Records[i]
		if verdict != "" {
			record.Verdict = verdict
		}
		s.judge(record)
		record.Parts = parts(record.Expected)
		report.OK = report.OK && record.Level != levelError
	}
	report.Alignment = s.alignment(report.Records)
	return report, nil
}

// look asks for one record and sets its verdict.
func (s *subject) look(ctx context.Context, z *nameserver.Zone, r *Record) {
	var err error
	switch r.Kind {
	case KindSPF, KindReturnPath:
		err = s.lookSPF(ctx, z, r)
	case KindDMARC:
		var policy dnsrecord.Policy
		policy, err = dnsrecord.DMARC(ctx, z, s.name)
		r.Found, r.Verdict = policy.Records, policy.Verdict
	case KindMX:
		err = s.lookMX(ctx, z, r)
	default:
		err = s.lookDKIM(ctx, z, r)
	}
	if err != nil {
		r.Verdict = NoAnswer
	}
	if r.Verdict != dnsrecord.OK && r.Verdict != NoAnswer {
		// An alias explains why there is something else than what was entered, and what hides it.
		r.Alias, _ = z.Alias(ctx, r.Name)
	}
	r.Found = shown(r.Found)
}

// maxShown is how many records of a name are shown, and maxLength how much of each.
const (
	maxShown  = 10
	maxLength = 1000
)

// shown are foreign texts fit to be shown and kept.
func shown(texts []string) []string {
	all := []string{}
	for _, text := range texts[:min(len(texts), maxShown)] {
		all = append(all, excerpt.Of(printable.Line(text), maxLength))
	}
	return all
}

// lookSPF checks that the record allows each mail server that sends with the domain in the envelope.
func (s *subject) lookSPF(ctx context.Context, z *nameserver.Zone, r *Record) error {
	terms := s.terms(r.Name)
	if len(terms) == 0 {
		terms = s.allTerms()
	}
	for _, term := range terms {
		spf, err := dnsrecord.CheckSPF(ctx, z, r.Name, s.wanted(ctx, z, r.Name, term))
		if err != nil {
			return err
		}
		r.Found, r.Verdict, r.Broken = spf.Records, spf.Verdict, spf.Broken
		r.Lookups, r.Macros = max(r.Lookups, spf.Lookups), r.Macros || spf.Macros
		if spf.Verdict != dnsrecord.OK {
			break
		}
	}
	switch r.Verdict {
	case dnsrecord.NotAllowed, dnsrecord.Several, dnsrecord.AllowsEverybody:
		r.Expected = merged(r.Found, terms)
	}
	return nil
}

// wanted is what a term of SPF stands for.
func (s *subject) wanted(ctx context.Context, z *nameserver.Zone, domain, term string) dnsrecord.Wanted {
	kind, value, _ := strings.Cut(term, ":")
	var w dnsrecord.Wanted
	switch kind {
	case "include":
		w.Include = value
	case "ip4", "ip6":
		if a, err := netip.ParseAddr(value); err == nil {
			w.Addresses = []netip.Addr{a}
		}
	case "a":
		if value == "" {
			value = domain
		}
		// Without an address only the record itself can be read.
		found, _ := z.LookupHost(ctx, value)
		for _, ip := range found {
			if a, err := netip.ParseAddr(ip); err == nil {
				w.Addresses = append(w.Addresses, a)
			}
		}
	}
	return w
}

func (s *subject) lookDKIM(ctx context.Context, z *nameserver.Zone, r *Record) error {
	if s.keys == nil {
		r.Verdict = NoKey
		return nil
	}
	for _, key := range slices.Concat(s.keys.Keys, s.keys.Next) {
		if key.Name() != r.Name {
			continue
		}
		found, err := dnsrecord.DKIM(ctx, z, key)
		r.Found, r.Verdict = found.Records, found.Verdict
		return err
	}
	return nil
}

func (s *subject) lookMX(ctx context.Context, z *nameserver.Zone, r *Record) error {
	servers, err := dnsrecord.MailServers(ctx, z, r.Name)
	if err != nil {
		return err
	}
	r.Found = servers
	switch {
	case slices.Contains(servers, r.Expected):
		r.Verdict = dnsrecord.OK
	case len(servers) == 0:
		r.Verdict = dnsrecord.Missing
	case s.isRead: // bounces are fetched from there
		r.Verdict = dnsrecord.OK
	default:
		r.Verdict = OtherMX
	}
	return nil
}
