package audience

import (
	"errors"
	"strings"
	"testing"
)

func TestNormalizeEmail(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"an ordinary address stays", "anna@example.com", "anna@example.com"},
		{"case is folded on both sides", "Anna.K@Example.COM", "anna.k@example.com"},
		{"spaces and line ends around it go", " \tanna@example.com\r\n", "anna@example.com"},
		{"a byte order mark and zero-width spaces around it go", "\ufeffanna@example.com\u200b", "anna@example.com"},
		{"a Cyrillic domain becomes ASCII", "anna@Пример.РФ", "anna@xn--e1afmkfd.xn--p1ai"},
		{"an ideographic full stop is a dot", "anna@例え。jp", "anna@xn--r8jz45g.jp"},
		{"a Cyrillic local part is lower-cased and kept", "Почта@пример.рф", "почта@xn--e1afmkfd.xn--p1ai"},
		{"a plus tag is part of the address", "anna+news@example.com", "anna+news@example.com"},
		{"an ASCII form stays as it is", "a@XN--E1AFMKFD.xn--p1ai", "a@xn--e1afmkfd.xn--p1ai"},
		{"the longest local part passes", strings.Repeat("a", 64) + "@example.com", strings.Repeat("a", 64) + "@example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := NormalizeEmail(c.in)
			if err != nil || got != c.want {
				t.Fatalf("NormalizeEmail(%q) = %q, %v; want %q", c.in, got, err, c.want)
			}
			again, err := NormalizeEmail(got)
			if err != nil || again != got {
				t.Fatalf("not idempotent: %q becomes %q, %v", got, again, err)
			}
		})
	}
}

func TestNormalizeEmailRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":                       "",
		"a name without @":              "anna",
		"nothing before the @":          "@example.com",
		"nothing after the @":           "anna@",
		"two @":                         "anna@home@example.com",
		"a domain without a dot":        "anna@localhost",
		"a line break inside":           "anna@example.com\r\nBcc: x@example.com",
		"a space inside":                "anna k@example.com",
		"a zero-width space inside":     "an\u200bna@example.com",
		"a soft hyphen in the domain":   "anna@exam\u00adple.com",
		"a display name":                "Anna <anna@example.com>",
		"two addresses":                 "anna@example.com, boris@example.com",
		"a quoted local part":           `"anna k"@example.com`,
		"a line break within quotes":    "\"a\r\n b\"@example.com",
		"two dots in a row":             "anna..k@example.com",
		"a dot at the end":              "anna@example.com.",
		"a label that starts with dash": "anna@-example.com",
		"an address literal":            "anna@[127.0.0.1]",
		"an IP address":                 "anna@127.0.0.1",
		"a local part over 64 octets":   strings.Repeat("a", 65) + "@example.com",
		"an address over 254 octets":    "a@" + strings.Repeat("abcdefg.", 32) + "com",
		"a domain with broken punycode": "anna@xn--a.com",
		"bytes that are not UTF-8":      "an\xffna@example.com",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := NormalizeEmail(in); !errors.Is(err, ErrEmail) {
				t.Fatalf("NormalizeEmail(%q) = %q, %v; want ErrEmail", in, got, err)
			}
		})
	}
}

func TestNormalizeDomain(t *testing.T) {
	if got, err := NormalizeDomain(" Почта.Пример.РФ "); err != nil || got != "xn--80a1acny.xn--e1afmkfd.xn--p1ai" {
		t.Fatalf("got %q, %v", got, err)
	}
	for _, in := range []string{"", "com", "a@example.com", "exa mple.com", "example.com."} {
		if got, err := NormalizeDomain(in); !errors.Is(err, ErrEmail) {
			t.Errorf("NormalizeDomain(%q) = %q, %v; want ErrEmail", in, got, err)
		}
	}
}

func FuzzNormalizeEmail(f *testing.F) {
	for _, s := range []string{"anna@example.com", "Почта@Пример.рф", "\"a\"@b.c", "ß@straße.de", "İ@İ.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := NormalizeEmail(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(got, "\r\n \t<>") {
			t.Fatalf("%q lets %q through", s, got)
		}
		if again, err := NormalizeEmail(got); err != nil || again != got {
			t.Fatalf("not idempotent: %q → %q → %q, %v", s, got, again, err)
		}
	})
}
