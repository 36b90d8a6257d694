package dnsrecord

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"gonets/internal/dnstest"
)

func TestSPF(t *testing.T) {
	many := "v=spf1"
	for i := range 11 {
		many += fmt.Sprintf(" exists:%d.io", i)
	}
	world := dnstest.Names{
		"a.io": {"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"}, "include.io": {"v=spf1 include:a.io ~all"},
		"redirect.io": {"v=spf1 redirect=include.io"}, "both.io": {"v=spf1 -all redirect=a.io"},
		"loop.io": {"v=spf1 include:loop.io -all"}, "broken.io": {"v=spf1 include:none.io -all"}, "many.io": {many + " -all"},
		"void.io": {"v=spf1 a:x.io a:y.io a:z.io -all"}, "mx.io": {"v=spf1 mx/24 -all"}, "MX mx.io": {"m.mx.io."}, "A m.mx.io": {"192.0.2.77"},
		"host.io": {"v=spf1 a:m.mx.io -all"}, "not.io": {"v=spf1 -include:a.io ?all"}, "bad.io": {"v=spf1 ip4:192.0.2 -all"},
		"word.io": {"v=spf1 ipv4:192.0.2.1 -all"}, "macro.io": {"v=spf1 exists:%{i}.x.io include:%{d}.x.io ip4:192.0.2.5 -all"},
		"two.io": {"v=spf1 -all", "V=SPF1 a -all"}, "all.io": {"v=spf1 a +all"}, "other.io": {"v=spf10 -all"}, "mod.io": {"v=spf1 ip4:192.0.2.5 exp=why.io -all"},
	}
	for _, c := range []struct {
		domain string
		want   Verdict
	}{
		{"a.io", OK},
		{"include.io", OK},
		{"redirect.io", OK},
		{"both.io", NotAllowed},
		{"loop.io", TooManyLookups},
		{"broken.io", BrokenInclude},
		{"many.io", TooManyLookups},
		{"void.io", TooManyLookups},
		{"mx.io", OK},
		{"host.io", NotAllowed},
		{"not.io", NotAllowed},
		{"bad.io", Unreadable},
		{"word.io", Unreadable},
		{"macro.io", OK},
		{"two.io", Several},
		{"all.io", AllowsEverybody},
		{"other.io", Missing},
		{"none.io", Missing},
		{"mod.io", OK},
	} {
		spf, err := CheckSPF(t.Context(), world, c.domain, Wanted{Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.5")}})
		if err != nil || spf.Verdict != c.want {
			t.Errorf("%s is found to be %+v (%v), want %s", c.domain, spf, err, c.want)
		}
		if spf.Macros != (c.domain == "macro.io") {
			t.Errorf("%s has macros: %v", c.domain, spf.Macros)
		}
	}
	for domain, want := range map[string]Verdict{"include.io": OK, "redirect.io": OK, "a.io": NotAllowed, "not.io": NotAllowed} {
		if spf, err := CheckSPF(t.Context(), world, domain, Wanted{Include: "a.io"}); err != nil || spf.Verdict != want {
			t.Errorf("the include of %s is found to be %+v (%v)", domain, spf, err)
		}
	}
}

// FuzzSPF reads any record, which includes itself.
func FuzzSPF(f *testing.F) {
	for _, seed := range []string{"a mx ip4:192.0.2.0/24 -all", "include:x.io redirect=x.io", "a/24//64 mx:x.io/0 ~all", "ip6:::/129", "exists:%{i}", "a:", ":", "/", "+-~?", "-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, terms string) {
		record := "v=spf1 " + terms
		world := dnstest.Names{"x.io": {record}, "A x.io": {"192.0.2.5"}, "MX x.io": {"x.io."}}
		spf, err := CheckSPF(t.Context(), world, "x.io", Wanted{Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.5")}})
		if err != nil || spf.Verdict == "" || spf.Lookups > maxLookups+1 {
			t.Errorf("%q is found to be %+v (%v)", strings.ToValidUTF8(record, "?"), spf, err)
		}
	})
}
