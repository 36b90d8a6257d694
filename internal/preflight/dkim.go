package preflight

import (
	"context"

	"gonets/internal/dkim"
	"gonets/internal/dnsrecord"
)

// dkim compares the keys that mails are signed with to those that their domains publish (RFC 6376 § 3.6), and tells of the first
// that is wrong. E-mails that Gonets does not sign may be signed by the mail server, which cannot be checked here.
func (r records) dkim(ctx context.Context, from string, keys []dkim.Key) (Check, error) {
	if len(keys) == 0 {
		return fault(codeDKIM, OK, "not_signed_here", Detail{"domain": from}, "Gonets does not sign these mails: let the mail server do it"), nil
	}
	var first Check
	for i, key := range keys {
		check, err := r.key(ctx, from, key)
		if err != nil || check.Level != OK {
			return check, err
		}
		if i == 0 {
			first = check
		}
	}
	return first, nil
}

func (r records) key(ctx context.Context, from string, key dkim.Key) (Check, error) {
	name := key.Name()
	detail := Detail{"domain": key.Domain, "selector": key.Selector, "name": name}
	published, err := dnsrecord.DKIM(ctx, r.resolver, key)
	if err != nil {
		return Check{}, err
	}
	switch {
	case published.Verdict == dnsrecord.Missing:
		return fault(codeDKIM, Warning, "missing", detail, "the key that mails are signed with is not published at %s", name), nil
	case published.Verdict == dnsrecord.Revoked:
		return fault(codeDKIM, Warning, "revoked", detail, "the key at %s has been withdrawn", name), nil
	case published.Verdict != dnsrecord.OK:
		return fault(codeDKIM, Warning, "other_key", detail, "the key at %s is not the one that mails are signed with", name), nil
	case !dnsrecord.DKIMSpeaksFor(from, key.Domain): // RFC 7489 § 3.1.1
		return fault(codeDKIM, Warning, "other_domain", detail, "mails from %s are signed by %s: that does not speak for From", from, key.Domain), nil
	}
	return found(codeDKIM, detail, "mails are signed, and the key is published"), nil
}
