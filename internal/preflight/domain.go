package preflight

import (
	"context"
	"time"

	"gonets/internal/address"
	"gonets/internal/dkim"
	"gonets/internal/dnsrecord"
)

// identity is in whose name e-mails are sent.
type identity struct {
	from string
	keys []dkim.Key // none if Gonets does not sign them
	path Return
}

// Return is where bounces of e-mails go.
type Return struct {
	// Path is the address of the sender's return path; "" if it has none: then the From address is the envelope sender.
	Path string
	// Read is true if a mailbox is read, so that bounces may be fetched from another server.
	Read bool
}

// lookup is one check of a domain. ask fails without an answer.
type lookup struct {
	code string
	ask  func(ctx context.Context) (Check, error)
}

// checkDomain makes the checks of the domains of From and of the return path at the same time and within the timeout. A check
// without an answer is reported as skipped, because the mailing may be right.
func (c *Checker) checkDomain(ctx context.Context, id identity) []Check {
	skipped := func(reason, text string) (all []Check) {
		codes := []string{codeSPF, codeDKIM, codeDMARC}
		if id.path.Path != "" {
			codes = append(codes, codeReturnPath)
		}
		for _, code := range codes {
			all = append(all, fault(code, OK, reason, Detail{"skipped": true}, "%s", text))
		}
		return all
	}
	domain, err := address.NormalizeDomain(address.Domain(id.from))
	switch {
	case err != nil:
		return skipped("no_domain", "not looked up: there is no From address")
	case c.Resolver == nil:
		return skipped("offline", "not looked up: this instance does not ask the domain name system")
	case isReserved(domain):
		return skipped("reserved_domain", "not looked up: "+domain+" is an example")
	}

	timeout := c.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	r := records{c.Resolver}
	envelope := domain // SPF is asked of the domain of the envelope sender (RFC 7208 § 2.4)
	if id.path.Path != "" {
		envelope = address.Domain(id.path.Path)
	}
	looks := []lookup{
		{codeSPF, func(ctx context.Context) (Check, error) { return r.spf(ctx, envelope) }},
		{codeDKIM, func(ctx context.Context) (Check, error) { return r.dkim(ctx, domain, id.keys) }},
		{codeDMARC, func(ctx context.Context) (Check, error) { return r.dmarc(ctx, domain) }},
	}
	if id.path.Path != "" {
		looks = append(looks, lookup{codeReturnPath, func(ctx context.Context) (Check, error) { return r.returnPath(ctx, domain, id) }})
	}
	answers := make([]chan Check, len(looks))
	for i, l := range looks {
		// Room for the answer, so that a late one does not block its goroutine.
		answers[i] = make(chan Check, 1)
		go func() {
			check, err := l.ask(ctx)
			if err != nil {
				check = noAnswer(l.code, domain)
			}
			answers[i] <- check
		}()
	}
	checks := make([]Check, len(looks))
	for i, l := range looks {
		select {
		case checks[i] = <-answers[i]:
		case <-ctx.Done():
			// An answer that has arrived by now still counts.
			select {
			case checks[i] = <-answers[i]:
			case <-time.After(grace):
				checks[i] = noAnswer(l.code, domain)
			}
		}
	}
	return checks
}

// grace is how long a resolver may take to return after the timeout.
const grace = 20 * time.Millisecond

func noAnswer(code, domain string) Check {
	return fault(code, OK, "no_answer", Detail{"skipped": true, "domain": domain}, "not looked up: the domain name system did not answer")
}

// records reads the records of a domain.
type records struct{ resolver dnsrecord.Resolver }

// spf checks that the domain says who may send for it (RFC 7208). Whether our mail server may, only the receiving side can
// check: it sees the address that the e-mail comes from.
func (r records) spf(ctx context.Context, domain string) (Check, error) {
	if isReserved(domain) {
		return fault(codeSPF, OK, "reserved_domain", Detail{"skipped": true, "domain": domain}, "not looked up: %s is an example", domain), nil
	}
	spf, err := dnsrecord.CheckSPF(ctx, r.resolver, domain, dnsrecord.Wanted{})
	if err != nil {
		return Check{}, err
	}
	detail := Detail{"domain": domain}
	switch spf.Verdict {
	case dnsrecord.Missing:
		return fault(codeSPF, Warning, "missing", detail, "%s does not say who may send for it: mails may be taken for forgeries", domain), nil
	case dnsrecord.Several:
		return fault(codeSPF, Warning, "several", detail, "%s has %d SPF records: with more than one, none counts", domain, len(spf.Records)), nil
	}
	detail["record"] = spf.Records[0]
	if spf.Verdict == dnsrecord.AllowsEverybody {
		return fault(codeSPF, Warning, "allows_everybody", detail, "%s lets everybody send for it", domain), nil
	}
	return found(codeSPF, detail, "%s says who may send for it", domain), nil
}

// dmarc reads the policy for forged e-mails, of the domain or of one above it.
func (r records) dmarc(ctx context.Context, domain string) (Check, error) {
	policy, err := dnsrecord.DMARC(ctx, r.resolver, domain)
	if err != nil {
		return Check{}, err
	}
	if policy.Verdict == dnsrecord.Missing || policy.Verdict == dnsrecord.Several {
		return fault(codeDMARC, Warning, "missing", Detail{"domain": domain}, "%s has no DMARC policy: large mail services want one from whoever sends much", domain), nil
	}
	detail := Detail{"domain": policy.Domain, "record": policy.Records[0], "policy": policy.Policy}
	if policy.Verdict != dnsrecord.OK {
		return fault(codeDMARC, Warning, "unreadable", detail, "the DMARC record of %s names no policy", policy.Domain), nil
	}
	return found(codeDMARC, detail, "%s has the policy %s", policy.Domain, policy.Policy), nil
}
