package domain

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"gonets/internal/address"
)

// providers are mail services by the names of their servers, and the domain whose SPF record has the addresses from which they
// send: what their customers include. Each is as the provider's own pages say.
var providers = []struct{ server, include string }{
	{"smtp.yandex.ru", "_spf.yandex.net"},
	{"smtp.yandex.com", "_spf.yandex.net"},
	{"smtp.mail.ru", "_spf.mail.ru"},
	{"smtp.gmail.com", "_spf.google.com"},
	{"smtp-relay.gmail.com", "_spf.google.com"},
	{"amazonaws.com", "amazonses.com"},
	{"mailgun.org", "mailgun.org"},
	{"smtp-relay.brevo.com", "spf.brevo.com"},
	{"smtp-relay.sendinblue.com", "spf.brevo.com"},
	{"smtp.postmarkapp.com", "spf.mtasv.net"},
	{"smtp-broadcasts.postmarkapp.com", "spf.mtasv.net"},
	{"smtp.sendgrid.net", "sendgrid.net"},
	{"smtp.office365.com", "spf.protection.outlook.com"},
	{"mandrillapp.com", "spf.mandrillapp.com"},
	{"sparkpostmail.com", "_spf.sparkpostmail.com"},
	{"smtp.zoho.com", "zohomail.com"},
	{"smtp.zoho.eu", "zohomail.eu"},
}

// includeOf is what an SPF record includes to allow the servers of a provider; "" if the mail server is no known provider's.
func includeOf(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, p := range providers {
		if host == p.server || strings.HasSuffix(host, "."+p.server) {
			return p.include
		}
	}
	return ""
}

// termOf is the term of an SPF record that allows a mail server; public is the host name of this instance, "" if it is not
// known. A mail server on this machine sends from the machine's own address.
func termOf(host, public string) string {
	if include := includeOf(host); include != "" {
		return "include:" + include
	}
	ip := net.ParseIP(host)
	switch {
	case host == "" || host == "localhost" || ip != nil && ip.IsLoopback():
		if public == "" {
			return "a"
		}
		return "a:" + public
	case ip != nil && ip.To4() != nil:
		return "ip4:" + host
	case ip != nil:
		return "ip6:" + host
	}
	return "a:" + host
}

// publicHost is the host name in the public address of this instance, "" if it has none that is a domain.
func publicHost(appURL string) string {
	u, err := url.Parse(appURL)
	if err != nil {
		return ""
	}
	host, err := address.NormalizeDomain(u.Hostname())
	if err != nil || net.ParseIP(host) != nil || host == "localhost" || !strings.Contains(host, ".") {
		return ""
	}
	return host
}

// mailboxProviders are services whose users have addresses in a domain of the service. Nobody else can add records there.
var mailboxProviders = []string{
	"gmail.com", "googlemail.com", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "yandex.ru", "yandex.com", "ya.ru", "rambler.ru",
	"outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com", "gmx.de", "gmx.net", "web.de", "proton.me",
}

func isOfMailboxProvider(domain string) bool { return slices.Contains(mailboxProviders, domain) }
