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
