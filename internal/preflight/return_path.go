package preflight

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/net/publicsuffix"

	"gonets/internal/address"
	"gonets/internal/sender"
)

// ReturnOf is where bounces of a sender's e-mails go.
func ReturnOf(ctx context.Context, app core.App, account *sender.Account) (Return, error) {
	r := Return{Path: account.ReturnPath.Address()}
	if r.Path == "" {
		return r, nil
	}
	err := app.ConcurrentDB().NewQuery(`SELECT EXISTS (SELECT 1 FROM mailboxes WHERE active)`).WithContext(ctx).Row(&r.Read)
	if err != nil {
		return r, fmt.Errorf("look for a mailbox that is read: %w", err)
	}
	return r, nil
}

// CheckReturnPath makes the checks of a sender that depend on its return path: codeSPF of the domain, and codeReturnPath. There
// are none if it has no return path.
func (c *Checker) CheckReturnPath(ctx context.Context, account *sender.Account, r Return) []Check {
	if r.Path == "" {
		return nil
	}
	var checks []Check
	for _, check := range c.checkDomain(ctx, identity{from: account.FromEmail, key: account.DKIM, path: r}) {
		if check.Code == codeSPF || check.Code == codeReturnPath {
			checks = append(checks, check)
		}
	}
	return checks
}

// returnPath checks that bounces can arrive at the return path, and that its domain speaks for From where no signature does.
func (r records) returnPath(ctx context.Context, from string, id identity) (Check, error) {
	domain := address.Domain(id.path.Path)
	detail := Detail{"domain": domain, "email": id.path.Path}
	if isReserved(domain) {
		detail["skipped"] = true
		return fault(codeReturnPath, OK, "reserved_domain", detail, "not looked up: %s is an example", domain), nil
	}
	takes, err := r.takesMail(ctx, domain)
	switch {
	case err != nil:
		return Check{}, err
	case !takes && !id.path.Read:
		return fault(codeReturnPath, Warning, "no_mx", detail,
			"%s takes no email: it has no MX record, and no mailbox is read, so bounces are lost", domain), nil
	case !speaksFor(from, domain) && (id.key == nil || !aligned(from, id.key.Domain)):
		return fault(codeReturnPath, Warning, "not_aligned", detail,
			"SPF of %s does not speak for %s: DMARC then needs a DKIM signature of %s", domain, from, from), nil
	}
	return found(codeReturnPath, detail, "bounces go to %s", id.path.Path), nil
}

// takesMail reports whether a domain has a mail server (RFC 5321 § 5.1): by MX records, if none of them says that it has none
// (RFC 7505), or by an address.
func (r records) takesMail(ctx context.Context, domain string) (bool, error) {
	servers, err := r.resolver.LookupMX(ctx, domain)
	var failed *net.DNSError
	switch {
	case len(servers) > 0:
		return servers[0].Host != ".", nil
	case err != nil && !(errors.As(err, &failed) && failed.IsNotFound):
		return false, err
	}
	addresses, err := r.resolver.LookupHost(ctx, domain)
	if errors.As(err, &failed) && failed.IsNotFound {
		return false, nil
	}
	return len(addresses) > 0, err
}

// speaksFor reports whether the domain of the envelope sender is aligned with From in DMARC's relaxed mode (RFC 7489 § 3.1.2):
// both belong to the same organization.
func speaksFor(from, envelope string) bool {
	a, err := publicsuffix.EffectiveTLDPlusOne(from)
	if err != nil {
		return from == envelope
	}
	b, err := publicsuffix.EffectiveTLDPlusOne(envelope)
	return err == nil && a == b
}
