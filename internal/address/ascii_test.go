package address

import (
	"strings"
	"testing"
)

func TestAddressesAreCheckedAndMadeASCII(t *testing.T) {
	for in, want := range map[string]string{
		"a@example.org": "a@example.org", "a.b+c_d-e'f@EXAMPLE.org": "a.b+c_d-e'f@EXAMPLE.org", "a@localhost": "a@localhost",
		"a@пример.рф": "a@xn--e1afmkfd.xn--p1ai", "a..b@example.org": "a..b@example.org",
		"": "", "a": "", "@b": "", "a@": "", "a b@c": "", "a@b c": "", "a@b@c": "", "<a@b>": "", "a@b>": "", "я@b": "", "a@-b": "", "a@b..c": "",
		"a\r\n@b": "", "a@b\r\nX: y": "", "a,b@c": "", `"a b"@c`: "", "a@[127.0.0.1]": "", "a@b\x00": "", strings.Repeat("a", 250) + "@b.cd": "",
	} {
		got, err := ASCII(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

func TestRecipientsMayBeInAnyScript(t *testing.T) {
	for in, want := range map[string]string{
		"anna@example.org": "anna@example.org", "почта@пример.рф": "почта@xn--e1afmkfd.xn--p1ai", "用户@example.com": "用户@example.com",
		"я\r\n@b.cd": "", "я<x>@b.cd": "", "я b@c.de": "", "a b@c.de": "", "я\u202e@b.cd": "",
	} {
		if got, err := Recipient(in); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

func TestDomainsAreShownAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"почта@xn--e1afmkfd.xn--p1ai": "почта@пример.рф", "a@xn--mnchen-3ya.de": "a@münchen.de", "anna@example.com": "anna@example.com",
		"a@xn--exmple-4nf.com": "a@xn--exmple-4nf.com", "a@xn--99999999999.com": "a@xn--99999999999.com",
	} {
		if got := Written(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestLettersOfSeveralScriptsInAWordAreFound(t *testing.T) {
	for in, mixed := range map[string]bool{
		"аnna@example.com": true, "anna@exаmple.com": true, "anna@example.com": false, "почта@пример.рф": false, "почта.anna@example.com": false,
		"почта-1@xn--e1afmkfd.xn--p1ai": false, "josé@example.com": false, "ιωάννης@example.com": false, "ιωannis@example.com": true,
	} {
		email, err := Normalize(in)
		if err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		if got := MixesScripts(email); got != mixed {
			t.Errorf("%s: %v", in, got)
		}
	}
}
