package dnsrecord

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// The verdicts of SPF beside the common ones.
const (
	AllowsEverybody Verdict = "allows_everybody"
	NotAllowed      Verdict = "not_allowed"      // the record is right, and our mail server is not in it
	TooManyLookups  Verdict = "too_many_lookups" // more than ten, or than two in vain: receivers take that for an error
	BrokenInclude   Verdict = "broken_include"   // it includes a domain that has no SPF record
)

// Limits of RFC 7208 § 4.6.4.
const (
	maxLookups = 10
	maxVoid    = 2 // lookups that find nothing
	maxMX      = 10
)

// SPF is the record of a domain.
type SPF struct {
	Found
	// Broken is what makes the record wrong: a term, or the domain that is included.
	Broken string
	// Lookups is how many terms of it need the domain name system, those of included records too.
	Lookups int
	// Macros says that it has terms with macros, which depend on the single e-mail: they are not evaluated.
	Macros bool
}

// Wanted is what a record should allow: one of these is enough.
type Wanted struct {
	Include   string       // a domain, as in include:
	Addresses []netip.Addr // of the mail server
}

// CheckSPF reads the SPF record of a domain as far as is needed to see whether it allows a mail server (RFC 7208). If nothing
// is wanted, it only reads the domain's own record.
func CheckSPF(ctx context.Context, r Resolver, domain string, wanted Wanted) (SPF, error) {
	w := spfWalk{resolver: r, wanted: wanted, spf: SPF{Found: Found{Name: domain}}}
	texts, err := versioned(ctx, r, domain, "spf1")
	if err != nil {
		return w.spf, err
	}
	w.spf.Records = texts
	switch {
	case len(texts) == 0:
		w.spf.Verdict = Missing
	case len(texts) > 1: // § 4.5
		w.spf.Verdict = Several
	case allowsEverybody(texts[0]):
		w.spf.Verdict = AllowsEverybody
	case wanted.Include == "" && len(wanted.Addresses) == 0:
		w.spf.Verdict = OK
	default:
		allowed, err := w.walk(ctx, domain, texts[0])
		if err != nil {
			return w.spf, err
		}
		switch {
		case w.spf.Verdict != "":
		case allowed:
			w.spf.Verdict = OK
		default:
			w.spf.Verdict = NotAllowed
		}
	}
	return w.spf, nil
}

func allowsEverybody(record string) bool {
	return slices.ContainsFunc(strings.Fields(record), func(term string) bool {
		return strings.EqualFold(term, "+all") || strings.EqualFold(term, "all")
	})
}

// spfWalk goes through a record and those that it includes. A verdict that is set ends it.
type spfWalk struct {
	resolver Resolver
	wanted   Wanted
	spf      SPF
	void     int
}

// walk goes through one record. All of its terms are looked at, also those after a match: a receiver that checks another mail
// server of the same record must not run into an error either.
func (w *spfWalk) walk(ctx context.Context, domain, record string) (allowed bool, err error) {
	redirect, hasAll := "", false
	for _, term := range strings.Fields(record)[1:] {
		if name, value, ok := strings.Cut(term, "="); ok && !strings.ContainsAny(name, ":/") {
			if strings.EqualFold(name, "redirect") {
				redirect = value
			}
			continue
		}
		hit, err := w.term(ctx, domain, term)
		if err != nil || w.spf.Verdict != "" {
			return false, err
		}
		allowed = allowed || hit
		hasAll = hasAll || strings.EqualFold(strings.TrimLeft(term, "+-~?"), "all")
	}
	if redirect == "" || hasAll { // § 6.1
		return allowed, nil
	}
	hit, err := w.other(ctx, redirect)
	return allowed || hit, err
}

// term evaluates a mechanism (§ 5).
func (w *spfWalk) term(ctx context.Context, domain, term string) (allowed bool, err error) {
	passes := !strings.ContainsAny(term[:1], "-~?")
	name, value, _ := strings.Cut(strings.TrimLeft(term, "+-~?"), ":")
	name, bits, _ := strings.Cut(name, "/")
	host, hostBits, _ := strings.Cut(value, "/")
	if host == "" {
		host = domain
	}
	if hostBits != "" {
		bits = hostBits
	}
	switch strings.ToLower(name) {
	case "all":
	case "ip4", "ip6":
		var hit, ok bool
		if hit, ok = w.inNetwork(value); !ok {
			w.fail(Unreadable, term)
		}
		allowed = hit
	case "include":
		if value == "" {
			w.fail(Unreadable, term)
			return false, nil
		}
		hit, err := w.other(ctx, value)
		return hit && passes, err
	case "a", "mx":
		if strings.Contains(host, "%") {
			w.spf.Macros = true
			w.look(term)
			return false, nil
		}
		if !w.look(term) {
			return false, nil
		}
		allowed, err = w.hosts(ctx, strings.ToLower(name), host, bits, term)
	case "exists", "ptr":
		w.spf.Macros = w.spf.Macros || strings.Contains(value, "%")
		w.look(term)
		return false, nil
	default:
		w.fail(Unreadable, term)
		return false, nil
	}
	return allowed && passes, err
}

// other evaluates the record of another domain, for include and redirect.
func (w *spfWalk) other(ctx context.Context, domain string) (allowed bool, err error) {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	if !w.look(domain) {
		return false, nil
	}
	if strings.Contains(domain, "%") {
		w.spf.Macros = true
		return false, nil
	}
	texts, err := versioned(ctx, w.resolver, domain, "spf1")
	if err != nil {
		return false, err
	}
	if len(texts) != 1 { // § 5.2: an error for the whole record
		w.fail(BrokenInclude, domain)
		return false, nil
	}
	allowed, err = w.walk(ctx, domain, texts[0])
	return allowed || w.wanted.Include != "" && domain == w.wanted.Include, err
}

// look counts a lookup, and reports whether it may be made.
func (w *spfWalk) look(term string) bool {
	w.spf.Lookups++
	if w.spf.Lookups > maxLookups {
		w.fail(TooManyLookups, term)
		return false
	}
	return true
}

func (w *spfWalk) fail(v Verdict, broken string) { w.spf.Verdict, w.spf.Broken = v, broken }

// hosts compares the mail server with the addresses of a host, or of the mail servers of a domain.
func (w *spfWalk) hosts(ctx context.Context, kind, host, bits, term string) (bool, error) {
	names := []string{host}
	if kind == "mx" {
		servers, err := w.resolver.LookupMX(ctx, host)
		if err != nil && !isMissing(err) {
			return false, err
		}
		names = nil
		for _, s := range servers[:min(len(servers), maxMX)] {
			names = append(names, strings.TrimSuffix(s.Host, "."))
		}
	}
	hit, any := false, false
	for _, name := range names {
		if name == "" {
			continue
		}
		found, err := w.resolver.LookupHost(ctx, name)
		if err != nil && !isMissing(err) {
			return false, err
		}
		any = any || len(found) > 0
		for _, ip := range found {
			hit = hit || w.near(ip, bits)
		}
	}
	if !any {
		if w.void++; w.void > maxVoid {
			w.fail(TooManyLookups, term)
		}
	}
	return hit, nil
}

// near reports whether the mail server has the address, or one of its network: "24", "24//64" or "/64" after the slash.
func (w *spfWalk) near(ip, bits string) bool {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	four, six, _ := strings.Cut(bits, "/")
	six = strings.TrimPrefix(six, "/")
	length, given := a.BitLen(), four
	if a.Is6() {
		given = six
	}
	if n, err := strconv.Atoi(given); err == nil && n >= 0 && n <= length {
		length = n
	}
	network, err := a.Prefix(length)
	return err == nil && slices.ContainsFunc(w.wanted.Addresses, network.Contains)
}

// inNetwork reports whether the mail server is in a network such as 192.0.2.0/24; ok is false if it is none.
func (w *spfWalk) inNetwork(text string) (hit, ok bool) {
	network, err := netip.ParsePrefix(text)
	if err != nil {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return false, false
		}
		network = netip.PrefixFrom(a, a.BitLen())
	}
	return slices.ContainsFunc(w.wanted.Addresses, network.Contains), true
}
