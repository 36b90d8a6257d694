// Package dnsrecord reads what a domain publishes about its e-mails, and says what is wrong with it: SPF, DKIM, DMARC, MX.
package dnsrecord

import (
	"context"
	"errors"
	"net"
	"strings"

	"golang.org/x/net/publicsuffix"

	"gonets/internal/dkim"
)

// Resolver asks the domain name system; *net.Resolver is one. A name without such a record is a *net.DNSError with IsNotFound,
// other errors count as no answer.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupHost(ctx context.Context, name string) ([]string, error)
}

// Verdict is a stable word for what is right or wrong with a record.
type Verdict string

// The verdicts of several kinds of records.
const (
	OK         Verdict = "ok"
	Missing    Verdict = "missing"
	Several    Verdict = "several"    // with more than one, none counts
	Unreadable Verdict = "unreadable" // the record breaks the rules of its kind
)

// The verdicts of DKIM.
const (
	Revoked  Verdict = "revoked"   // the key was withdrawn: p= is empty
	OtherKey Verdict = "other_key" // the published key does not belong to the private one
)

// Found is what a name publishes.
type Found struct {
	Name    string
	Records []string // only those of the kind that was looked for
	Verdict Verdict
}

// DKIM compares a key to the one that its domain publishes (RFC 6376 § 3.6).
func DKIM(ctx context.Context, r Resolver, key dkim.Key) (Found, error) {
	f := Found{Name: key.Name()}
	all, err := r.LookupTXT(ctx, f.Name)
	switch {
	case isMissing(err) || err == nil && len(all) == 0:
		f.Verdict = Missing
		return f, nil
	case err != nil:
		return f, err
	}
	f.Records = all
	switch published := tags(all[0])["p"]; {
	case len(all) > 1: // § 3.6.2.2: the results are undefined
		f.Verdict = Several
	case published == "":
		f.Verdict = Revoked
	case !key.IsPublishedAs(published):
		f.Verdict = OtherKey
	default:
		f.Verdict = OK
	}
	return f, nil
}

// Policy is a DMARC record.
type Policy struct {
	Found
	// Domain is the one that publishes it, Policy what it wants done with forgeries: none, quarantine or reject.
	Domain, Policy string
	// Strict says that DKIM and SPF count only with exactly the domain of From (adkim=s, aspf=s).
	StrictDKIM, StrictSPF bool
}

// DMARC reads the policy for forged e-mails, from the domain upwards (RFC 7489 § 6.6.3 asks the organizational domain; this
// asks all parents except the top-level domain).
func DMARC(ctx context.Context, r Resolver, domain string) (Policy, error) {
	for name := domain; strings.Contains(name, "."); _, name, _ = strings.Cut(name, ".") {
		texts, err := versioned(ctx, r, "_dmarc."+name, "DMARC1")
		if err != nil {
			return Policy{}, err
		}
		if len(texts) == 0 || len(texts) > 1 && name != domain {
			continue
		}
		all := tags(texts[0])
		p := Policy{
			Found:  Found{Name: "_dmarc." + name, Records: texts, Verdict: OK},
			Domain: name, Policy: strings.ToLower(all["p"]),
			StrictDKIM: strings.EqualFold(all["adkim"], "s"), StrictSPF: strings.EqualFold(all["aspf"], "s"),
		}
		switch {
		case len(texts) > 1: // § 6.6.3: no policy applies then
			p.Verdict = Several
		case p.Policy != "none" && p.Policy != "quarantine" && p.Policy != "reject":
			p.Verdict = Unreadable
		}
		return p, nil
	}
	return Policy{Found: Found{Name: "_dmarc." + domain, Verdict: Missing}, Domain: domain}, nil
}

// MailServers are the hosts that take mail for a domain (RFC 5321 § 5.1): those of its MX records, unless one of them says that
// there is none (RFC 7505), or else the domain itself if it has an address.
func MailServers(ctx context.Context, r Resolver, domain string) ([]string, error) {
	servers, err := r.LookupMX(ctx, domain)
	switch {
	case len(servers) > 0:
		var names []string
		for _, s := range servers {
			if name := strings.TrimSuffix(s.Host, "."); name != "" {
				names = append(names, name)
			}
		}
		return names, nil
	case err != nil && !isMissing(err):
		return nil, err
	}
	addresses, err := r.LookupHost(ctx, domain)
	if isMissing(err) || err == nil && len(addresses) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []string{domain}, nil
}

// isMissing reports whether an error says that there is no such name or record.
func isMissing(err error) bool {
	var failed *net.DNSError
	return errors.As(err, &failed) && failed.IsNotFound
}

// DKIMSpeaksFor reports whether the domain of a signature is aligned with From: it is the same domain, or one above or below it.
func DKIMSpeaksFor(from, signed string) bool {
	from, signed = "."+strings.ToLower(from), "."+strings.ToLower(signed)
	return strings.HasSuffix(from, signed) || strings.HasSuffix(signed, from)
}

// SPFSpeaksFor reports whether the domain of the envelope sender is aligned with From in DMARC's relaxed mode (RFC 7489 § 3.1.2):
// both belong to the same organization.
func SPFSpeaksFor(from, envelope string) bool {
	a, err := publicsuffix.EffectiveTLDPlusOne(from)
	if err != nil {
		return from == envelope
	}
	b, err := publicsuffix.EffectiveTLDPlusOne(envelope)
	return err == nil && a == b
}

// versioned are the TXT records of a name that begin with v=version, none when there is no such name.
func versioned(ctx context.Context, r Resolver, name, version string) ([]string, error) {
	all, err := r.LookupTXT(ctx, name)
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var meant []string
	for _, text := range all {
		rest, ok := cutFold(strings.TrimSpace(text), "v="+version)
		if ok && (rest == "" || rest[0] == ' ' || rest[0] == ';') {
			meant = append(meant, text)
		}
	}
	return meant, nil
}

// cutFold is strings.CutPrefix without regard to case.
func cutFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// tags reads a list such as "v=DMARC1; p=none" (RFC 6376 § 3.2).
func tags(record string) map[string]string {
	all := map[string]string{}
	for _, tag := range strings.Split(record, ";") {
		name, value, _ := strings.Cut(tag, "=")
		all[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
	return all
}
