package preflight

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net"
	"testing"
	"time"

	"gonets/internal/dkim"
	"gonets/internal/dnsrecord"
	"gonets/internal/dnstest"
)

// published is a domain that has everything.
var published = dnstest.Names{
	"gonets.io":        {"google-site-verification=x", "v=spf1 include:_spf.gonets.io -all"},
	"_dmarc.gonets.io": {"v=DMARC1; p=quarantine; rua=mailto:dmarc@gonets.io"},
}

func TestTheDomainOfFrom(t *testing.T) {
	for _, c := range []struct {
		name   string
		from   string
		names  dnstest.Names
		code   string
		level  Level
		reason string
	}{
		{"SPF that says who may send", "a@gonets.io", published, codeSPF, OK, ""},
		{"no SPF", "a@gonets.io", dnstest.Names{"gonets.io": {"v=spf10 -all"}}, codeSPF, Warning, "missing"},
		{"two SPF records, of which none counts", "a@gonets.io", dnstest.Names{"gonets.io": {"v=spf1 -all", "V=SPF1 a -all"}}, codeSPF, Warning, "several"},
		{"SPF that lets everybody send", "a@gonets.io", dnstest.Names{"gonets.io": {"v=spf1 a +all"}}, codeSPF, Warning, "allows_everybody"},
		{"no such domain", "a@gonets.io", dnstest.Names{}, codeSPF, Warning, "missing"},

		{"DMARC", "a@gonets.io", published, codeDMARC, OK, ""},
		{"DMARC of the domain above", "a@mail.gonets.io", published, codeDMARC, OK, ""},
		{"no DMARC", "a@gonets.io", dnstest.Names{}, codeDMARC, Warning, "missing"},
		{"DMARC of the top domain is not asked for", "a@gonets.io", dnstest.Names{"_dmarc.io": {"v=DMARC1; p=none"}}, codeDMARC, Warning, "missing"},
		{"DMARC without a policy", "a@gonets.io", dnstest.Names{"_dmarc.gonets.io": {"v=DMARC1; rua=mailto:x@gonets.io"}}, codeDMARC, Warning, "unreadable"},

		{"mails that Gonets does not sign", "a@gonets.io", published, codeDKIM, OK, "not_signed_here"},
		{"a domain for examples", "support@example.com", published, codeSPF, OK, "reserved_domain"},
		{"a domain in its own script", "a@почта.рф", dnstest.Names{"xn--80a1acny.xn--p1ai": {"v=spf1 -all"}}, codeSPF, OK, ""},
		{"no From", "", published, codeSPF, OK, "no_domain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			checker := &Checker{Resolver: c.names}
			check := Report{Checks: checker.checkDomain(t.Context(), identity{from: c.from})}.one(t, c.code)
			if reason, _ := check.Detail["reason"].(string); check.Level != c.level || reason != c.reason {
				t.Errorf("got %+v", check)
			}
		})
	}
}

func TestThePublishedKeyIsComparedToTheOneThatSigns(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	edPublic, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(rsaKey.Public())
	if err != nil {
		t.Fatal(err)
	}
	pkcs8 := func(key any) string {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	pkcs1 := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)}))
	record := func(public []byte) []string {
		return []string{"v=DKIM1; k=x; p=" + base64.StdEncoding.EncodeToString(public)}
	}

	for _, c := range []struct {
		name, key, domain string
		published         []string
		level             Level
		reason            string
	}{
		{"RSA", pkcs8(rsaKey), "gonets.io", record(spki), OK, ""},
		{"RSA in the old forms", pkcs1, "gonets.io", record(x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey)), OK, ""},
		{"Ed25519", pkcs8(edKey), "gonets.io", record(edPublic), OK, ""},
		{"another key", pkcs8(edKey), "gonets.io", record(spki), Warning, "other_key"},
		{"another kind of key", pkcs8(rsaKey), "gonets.io", record(edPublic), Warning, "other_key"},
		{"a key that is none", "nonsense", "gonets.io", record(spki), Warning, "other_key"},
		{"a key that was withdrawn", pkcs8(rsaKey), "gonets.io", []string{"v=DKIM1; p="}, Warning, "revoked"},
		{"the domain below", pkcs8(rsaKey), "mail.gonets.io", record(spki), OK, ""},
		{"no key", pkcs8(rsaKey), "gonets.io", nil, Warning, "missing"},
		{"a domain that does not speak for From", pkcs8(rsaKey), "gonets.net", record(spki), Warning, "other_domain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := dnstest.Names{}
			if c.published != nil {
				n["s1._domainkey."+c.domain] = c.published
			}
			checker := &Checker{Resolver: n}
			keys := []dkim.Key{{Domain: c.domain, Selector: "s1", PrivateKey: c.key}}
			check := Report{Checks: checker.checkDomain(t.Context(), identity{from: "a@gonets.io", keys: keys})}.one(t, codeDKIM)
			if reason, _ := check.Detail["reason"].(string); check.Level != c.level || reason != c.reason {
				t.Errorf("got %+v", check)
			}
		})
	}
}

// deaf is a domain name system that answers nothing for as long as it is asked.
type deaf struct{ heedsContext bool }

func (d deaf) LookupTXT(ctx context.Context, _ string) ([]string, error) {
	if !d.heedsContext {
		time.Sleep(time.Second)
		return nil, errors.New("too late")
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

func (d deaf) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	_, err := d.LookupTXT(ctx, name)
	return nil, err
}

func (d deaf) LookupHost(ctx context.Context, name string) ([]string, error) {
	return d.LookupTXT(ctx, name)
}

// failing is what a machine without a network has.
type failing struct{}

func (failing) LookupTXT(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
}

func (f failing) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	_, err := f.LookupTXT(ctx, name)
	return nil, err
}

func (f failing) LookupHost(ctx context.Context, name string) ([]string, error) {
	return f.LookupTXT(ctx, name)
}

func TestADomainThatCannotBeAskedIsNoFault(t *testing.T) {
	for name, resolver := range map[string]dnsrecord.Resolver{
		"nobody to ask": nil,
		"no network":    failing{},
		"no answer":     deaf{heedsContext: true},
		"no answer, and no end of waiting for one": deaf{},
	} {
		t.Run(name, func(t *testing.T) {
			checker := &Checker{Resolver: resolver, Timeout: 20 * time.Millisecond}
			begun := time.Now()
			id := identity{from: "a@gonets.io", keys: []dkim.Key{{Domain: "gonets.io", Selector: "s"}}, path: Return{Path: "bounces@gonets.io"}}
			checks := checker.checkDomain(t.Context(), id)
			if took := time.Since(begun); took > 500*time.Millisecond {
				t.Errorf("took %s", took)
			}
			if len(checks) != 4 {
				t.Fatalf("got %+v", checks)
			}
			for _, check := range checks {
				if check.Level != OK || check.Detail["skipped"] != true {
					t.Errorf("got %+v", check)
				}
			}
		})
	}
}
