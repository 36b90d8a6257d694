package preflight

import (
	"context"
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/address"
	"gonets/internal/dkim"
	"gonets/internal/dnsrecord"
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
	for _, check := range c.checkDomain(ctx, identity{from: account.FromEmail, keys: account.DKIM, path: r}) {
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
	servers, err := dnsrecord.MailServers(ctx, r.resolver, domain)
	switch {
	case err != nil:
		return Check{}, err
	case len(servers) == 0 && !id.path.Read:
		return fault(codeReturnPath, Warning, "no_mx", detail,
			"%s takes no email: it has no MX record, and no mailbox is read, so bounces are lost", domain), nil
	case !dnsrecord.SPFSpeaksFor(from, domain) && !slices.ContainsFunc(id.keys, func(k dkim.Key) bool { return dnsrecord.DKIMSpeaksFor(from, k.Domain) }):
		return fault(codeReturnPath, Warning, "not_aligned", detail,
			"SPF of %s does not speak for %s: DMARC then needs a DKIM signature of %s", domain, from, from), nil
	}
	return found(codeReturnPath, detail, "bounces go to %s", id.path.Path), nil
}
