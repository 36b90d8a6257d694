package preflight

import (
	"context"
	"errors"
	"net"
	"strings"

	"gonets/internal/dkim"
)

// dkim compares the key that mails are signed with to the one that its domain publishes (RFC 6376
// § 3.6). E-mails that Gonets does not sign may be signed by the mail server, which cannot be checked here.
func (r records) dkim(ctx context.Context, from string, key *dkim.Key) (Check, error) {
	if key == nil {
		return fault(codeDKIM, OK, "not_signed_here", Detail{"domain": from}, "Gonets does not sign these mails: let the mail server do it"), nil
	}
	name := key.Name()
	detail := Detail{"domain": key.Domain, "selector": key.Selector, "name": name}
	texts, err := r.resolver.LookupTXT(ctx, name)
	var failed *net.DNSError
	switch {
	case errors.As(err, &failed) && failed.IsNotFound || err == nil && len(texts) == 0:
		return fault(codeDKIM, Warning, "missing", detail, "the key that mails are signed with is not published at %s", name), nil
	case err != nil:
		return Check{}, err
	}
	published := tags(texts[0])["p"]
	switch {
	case published == "":
		return fault(codeDKIM, Warning, "revoked", detail, "the key at %s has been withdrawn", name), nil
	case !key.IsPublishedAs(published):
		return fault(codeDKIM, Warning, "other_key", detail, "the key at %s is not the one that mails are signed with", name), nil
	case !aligned(from, key.Domain): // RFC 7489 § 3.1.1
		return fault(codeDKIM, Warning, "other_domain", detail, "mails from %s are signed by %s: that does not speak for From", from, key.Domain), nil
	}
	return found(codeDKIM, detail, "mails are signed, and the key is published"), nil
}

// aligned reports whether the domain of a signature is aligned with From: it is the same domain, or one
// above or below it.
func aligned(from, signed string) bool {
	from, signed = "."+strings.ToLower(from), "."+strings.ToLower(signed)
	return strings.HasSuffix(from, signed) || strings.HasSuffix(signed, from)
}
