package preflight

import (
	"testing"

	"gonets/internal/dkim"
	"gonets/internal/dnstest"
)

func TestTheReturnPath(t *testing.T) {
	signed := []dkim.Key{{Domain: "gonets.io", Selector: "s"}}
	for _, c := range []struct {
		name   string
		id     identity
		names  dnstest.Names
		code   string
		level  Level
		reason string
		domain string
	}{
		{"has a mail server", identity{from: "a@gonets.io", path: Return{Path: "b@gonets.io"}}, dnstest.Names{"MX gonets.io": {"mx.gonets.io."}}, codeReturnPath, OK, "", "gonets.io"},
		{"has an address only", identity{from: "a@gonets.io", path: Return{Path: "b@gonets.io"}}, dnstest.Names{"A gonets.io": {"192.0.2.1"}}, codeReturnPath, OK, "", "gonets.io"},
		{"has nothing", identity{from: "a@gonets.io", path: Return{Path: "b@gonets.io"}}, dnstest.Names{}, codeReturnPath, Warning, "no_mx", "gonets.io"},
		{"says that it takes no mail", identity{from: "a@gonets.io", path: Return{Path: "b@gonets.io"}}, dnstest.Names{"MX gonets.io": {"."}}, codeReturnPath, Warning, "no_mx", "gonets.io"},
		{"has nothing, and a mailbox is read", identity{from: "a@gonets.io", path: Return{Path: "b@gonets.io", Read: true}}, dnstest.Names{}, codeReturnPath, OK, "", "gonets.io"},
		{"beside From", identity{from: "a@news.gonets.io", path: Return{Path: "b@bounces.gonets.io"}}, dnstest.Names{"MX bounces.gonets.io": {"mx."}}, codeReturnPath, OK, "", "bounces.gonets.io"},
		{"of somebody else", identity{from: "a@gonets.io", path: Return{Path: "b@relay.io"}}, dnstest.Names{"MX relay.io": {"mx."}}, codeReturnPath, Warning, "not_aligned", "relay.io"},
		{"of a neighbour below one suffix", identity{from: "a@gonets.co.uk", path: Return{Path: "b@other.co.uk"}}, dnstest.Names{"MX other.co.uk": {"mx."}}, codeReturnPath, Warning, "not_aligned", "other.co.uk"},
		{"of somebody else, but signed", identity{from: "a@gonets.io", keys: signed, path: Return{Path: "b@relay.io"}}, dnstest.Names{"MX relay.io": {"mx."}}, codeReturnPath, OK, "", "relay.io"},
		{"an example", identity{from: "a@gonets.io", path: Return{Path: "b@example.org"}}, dnstest.Names{}, codeReturnPath, OK, "reserved_domain", "example.org"},
		{"SPF is asked of its domain", identity{from: "a@gonets.io", path: Return{Path: "b@relay.io"}}, dnstest.Names{"gonets.io": {"v=spf1 -all"}}, codeSPF, Warning, "missing", "relay.io"},
		{"SPF of its domain", identity{from: "a@gonets.io", path: Return{Path: "b@relay.io"}}, dnstest.Names{"relay.io": {"v=spf1 -all"}}, codeSPF, OK, "", "relay.io"},
	} {
		t.Run(c.name, func(t *testing.T) {
			checker := &Checker{Resolver: c.names}
			check := Report{Checks: checker.checkDomain(t.Context(), c.id)}.one(t, c.code)
			if reason, _ := check.Detail["reason"].(string); check.Level != c.level || reason != c.reason || check.Detail["domain"] != c.domain {
				t.Errorf("got %+v", check)
			}
		})
	}
	for _, check := range (&Checker{Resolver: dnstest.Names{}}).checkDomain(t.Context(), identity{from: "a@gonets.io"}) {
		if check.Code == codeReturnPath {
			t.Errorf("a sender without a return path is told %+v", check)
		}
	}
}
