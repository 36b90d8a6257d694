package preflight

import (
	"net"
	"net/netip"
	"net/url"
	"strings"

	"gonets/internal/address"
)

func checkPermission(m Mailing) Check {
	switch {
	case m.MailingBlocked:
		return fault(codePermission, Error, "mailing_blocked", nil, "a manager has blocked this mailing")
	case m.OwnerBlocked:
		return fault(codePermission, Error, "owner_blocked", nil, "the owner of this mailing is blocked")
	case m.OwnerUnverified:
		return fault(codePermission, Error, "owner_not_verified", nil, "the owner of this mailing has not confirmed the e-mail address")
	case m.AwaitingApproval:
		return fault(codePermission, Error, "awaiting_approval", nil, "the owner may send once a manager has said yes")
	}
	return found(codePermission, nil, "the owner may send")
}

func checkMailServer(m Mailing) Check {
	if m.SenderDenied != "" {
		return fault(codeMailServer, Error, m.SenderDenied, nil, "the owner may not send with this sender: choose another, or ask the superuser for access")
	}
	if m.NoMailServer {
		return fault(codeMailServer, Error, "not_set", nil, "there is no mail server: the operator sets one in the settings, or a sender")
	}
	return found(codeMailServer, nil, "there is a mail server")
}

func checkFromAddress(m Mailing) Check {
	from, err := address.Normalize(m.Message.FromEmail)
	detail := Detail{"email": m.Message.FromEmail, "name": m.Message.FromName, "reply_to": m.Message.ReplyTo}
	switch {
	case m.Message.FromEmail == "":
		return fault(codeFromAddress, Error, "empty", nil, "there is no From address: the operator sets one in the mail settings")
	case err != nil:
		return fault(codeFromAddress, Error, "invalid", detail, "%q is no e-mail address", m.Message.FromEmail)
	case m.Demo && isReserved(address.Domain(from)):
		return fault(codeFromAddress, OK, "demo", detail, "mails of the demo come from %s, where nobody is", from)
	case isReserved(address.Domain(from)):
		return fault(codeFromAddress, Warning, "reserved_domain", detail, "%s is an example: nobody can answer it, and mail servers refuse it", from)
	}
	return found(codeFromAddress, detail, "mails come from %s", from)
}

// checkPublicAddress checks the address in the links of e-mails. A mailing can be sent without a valid one, but nobody can
// unsubscribe by a link then.
func checkPublicAddress(m Mailing) Check {
	address := m.PublicURL
	detail := Detail{"url": address}
	u, err := url.Parse(address)
	switch {
	case strings.TrimSpace(address) == "":
		return fault(codePublicAddress, Warning, "not_set", nil, "the public address is not set: the links in mails lead nowhere")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fault(codePublicAddress, Warning, "invalid", detail, "the public address %q is no web address", address)
	case m.Demo && isPrivate(u.Hostname()):
		return fault(codePublicAddress, OK, "demo", detail, "links in the mails of the demo lead to %s, on this machine only", address)
	case isPrivate(u.Hostname()):
		return fault(codePublicAddress, Warning, "local", detail, "%s can be reached from this machine or network only", address)
	case u.Scheme != "https":
		return fault(codePublicAddress, Warning, "not_https", detail, "%s is not https: mail services show no unsubscribe button for it", address)
	}
	return found(codePublicAddress, detail, "links in mails lead to %s", address)
}

// checkQuota compares the audience with what may still be sent today. A larger mailing
// starts anyway and waits for the next day when it reaches the limit.
func checkQuota(m Mailing, needed int) Check {
	for _, limit := range []struct {
		Allowance
		reason, whose string
	}{
		{m.OwnerQuota, "owner_quota", "the owner's quota"},
		{m.SenderLimit, "sender_limit", "the mail server's daily limit"},
	} {
		if limit.Left != unlimited && limit.Left < needed {
			return fault(codeQuota, Warning, limit.reason, Detail{"needed": needed, "left": limit.Left, "limit": limit.Limit},
				"%s leaves %d mails for today: the rest of %d waits for the next days", limit.whose, limit.Left, needed)
		}
	}
	left := m.OwnerQuota.Left
	if left == unlimited || m.SenderLimit.Left != unlimited && m.SenderLimit.Left < left {
		left = m.SenderLimit.Left
	}
	if left == unlimited {
		return found(codeQuota, Detail{"needed": needed, "left": nil}, "there is no daily limit")
	}
	return found(codeQuota, Detail{"needed": needed, "left": left}, "%d mails may be sent today", left)
}

func (c *Checker) checkEndsAt(m Mailing) Check {
	if m.EndsAt.IsZero() {
		return found(codeEndsAt, nil, "the mailing has no end")
	}
	detail := Detail{"ends_at": m.EndsAt.UTC()}
	switch {
	case !m.EndsAt.After(c.now()):
		return fault(codeEndsAt, Error, "passed", detail, "the mailing ended before it began: nobody would get it")
	case !m.StartsAt.IsZero() && !m.EndsAt.After(m.StartsAt):
		return fault(codeEndsAt, Error, "before_start", detail, "the mailing ends before it starts: nobody would get it")
	}
	return found(codeEndsAt, detail, "whoever has not got it by then will be skipped")
}

// isReserved reports whether a domain is reserved for examples and tests (RFC 2606, RFC 6761).
func isReserved(domain string) bool {
	domain = "." + strings.ToLower(strings.TrimSuffix(domain, "."))
	for _, reserved := range []string{".example.com", ".example.net", ".example.org", ".example", ".test", ".invalid", ".localhost"} {
		if strings.HasSuffix(domain, reserved) {
			return true
		}
	}
	return false
}

// isPrivate reports whether a host cannot be reached from the internet.
func isPrivate(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsUnspecified() || ip.IsLinkLocalUnicast()
	}
	if net.ParseIP(host) != nil {
		return false
	}
	for _, local := range []string{".localhost", ".local", ".internal", ".lan"} {
		if strings.HasSuffix("."+host, local) {
			return true
		}
	}
	return !strings.Contains(host, ".")
}
