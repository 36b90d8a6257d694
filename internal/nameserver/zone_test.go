package nameserver

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gonets/internal/dnstest"
)

func TestAResolverIsNamed(t *testing.T) {
	for given, want := range map[string]string{
		"9.9.9.9": "9.9.9.9:53", "127.0.0.1:5353": "127.0.0.1:5353", "::1": "[::1]:53", "[::1]:5353": "[::1]:5353", "dns.example.org": "dns.example.org:53",
		"": "", "http://x": "", "1.2.3.4:0": "", "1.2.3.4:x": "", "a b": "", "x:70000": "",
	} {
		var r Resolver
		if err := r.Set(given); (err == nil) != (want != "") || r.String() != want {
			t.Errorf("%q became %q (%v)", given, r.String(), err)
		}
	}
}

// TestAZoneIsAskedAtItsOwnServer asks an NSD.
func TestAZoneIsAskedAtItsOwnServer(t *testing.T) {
	long := strings.Repeat("a long text ", 150)
	var r Resolver
	err := r.Set(dnstest.Start(t, map[string]string{
		"zone.test": dnstest.TXT("@", "one\\two \"three\"") + dnstest.TXT("long", long) + "alias CNAME far.away.test.\nloop CNAME loop2\nloop2 CNAME loop\n" +
			"@ MX 20 b\n@ MX 10 a\na A 192.0.2.1\na AAAA 2001:db8::1\nsub NS ns.sub\nns.sub A 192.0.2.3\n",
		"away.test": dnstest.TXT("far", "found"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	z, err := r.ZoneOf(ctx, "deep.below.zone.test")
	if err != nil || z.Apex != "zone.test" || len(z.Servers) != 1 {
		t.Fatalf("%+v, %v", z, err)
	}
	for name, want := range map[string]string{"zone.test": `one\two "three"`, "long.zone.test": long, "alias.zone.test": "found"} {
		if texts, err := z.LookupTXT(ctx, name); err != nil || len(texts) != 1 || texts[0] != want {
			t.Errorf("%s: %q, %v", name, texts, err)
		}
	}
	if alias, err := z.Alias(ctx, "alias.zone.test"); err != nil || alias != "far.away.test" {
		t.Errorf("%q, %v", alias, err)
	}
	if _, err := z.LookupTXT(ctx, "none.zone.test"); !isMissing(err) || !errors.Is(err, ErrNoName) {
		t.Errorf("no name: %v", err)
	}
	if _, err := z.LookupTXT(ctx, "a.zone.test"); !isMissing(err) || errors.Is(err, ErrNoName) {
		t.Errorf("no record: %v", err)
	}
	if _, err := z.LookupTXT(ctx, "loop.zone.test"); err == nil {
		t.Error("a loop of aliases has an end")
	}
	if mx, err := z.LookupMX(ctx, "zone.test"); err != nil || len(mx) != 2 || mx[0].Host != "a.zone.test." {
		t.Errorf("%v, %v", mx, err)
	}
	if hosts, err := r.LookupHost(ctx, "a.zone.test"); err != nil || !slices.Equal(hosts, []string{"192.0.2.1", "2001:db8::1"}) {
		t.Errorf("%v, %v", hosts, err)
	}
	if _, err := r.ZoneOf(ctx, "elsewhere.example"); err == nil {
		t.Error("a server that refuses has answered")
	}
	z.asked.Store(maxQuestions)
	if _, err := z.LookupTXT(ctx, "zone.test"); !errors.Is(err, errTooMany) {
		t.Errorf("past the last question: %v", err)
	}
}

func TestAddressesOfOurOwnNetworkAreNotAsked(t *testing.T) {
	for ip, want := range map[string]bool{
		"9.9.9.9": true, "2620:fe::fe": true, "127.0.0.1": false, "10.1.2.3": false, "192.168.1.1": false, "100.64.0.1": false, "169.254.1.1": false,
		"::1": false, "fd00::1": false, "fe80::1": false, "::ffff:10.0.0.1": false, "0.0.0.0": false, "224.0.0.1": false, "x": false,
	} {
		if isPublic(ip) != want {
			t.Errorf("%s is public: %v", ip, !want)
		}
	}
}
