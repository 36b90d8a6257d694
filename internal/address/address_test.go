package address

import (
	"errors"
	"strings"
	"testing"
)

func TestNormalize(t *testing.T) {
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
			got, err := Normalize(c.in)
			if err != nil || got != c.want {
				t.Fatalf("Normalize(%q) = %q, %v; want %q", c.in, got, err, c.want)
			}
			again, err := Normalize(got)
			if err != nil || again != got {
				t.Fatalf("not idempotent: %q becomes %q, %v", got, again, err)
			}
		})
	}
}

func TestNormalizeRefuses(t *testing.T) {
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
			if got, err := Normalize(in); !errors.Is(err, errInvalid) {
				t.Fatalf("Normalize(%q) = %q, %v; want ErrInvalid", in, got, err)
			}
		})
	}
}

func TestNormalizeDomain(t *testing.T) {
	if got, err := NormalizeDomain(" Почта.Пример.РФ "); err != nil || got != "xn--80a1acny.xn--e1afmkfd.xn--p1ai" {
		t.Fatalf("got %q, %v", got, err)
	}
	for _, in := range []string{"", "com", "a@example.com", "exa mple.com", "example.com."} {
		if got, err := NormalizeDomain(in); !errors.Is(err, errInvalid) {
			t.Errorf("NormalizeDomain(%q) = %q, %v; want ErrInvalid", in, got, err)
		}
	}
}

// Converting a domain to ASCII takes time quadratic in its length: some 20 s for 64 KB.
func TestALongDomainIsRefusedBeforeItIsConverted(t *testing.T) {
	long := []rune(strings.Repeat("ж", 20_000) + ".com")
	for i := range 20_000 {
		long[i] = rune(0x4e00 + i) // no two alike
	}
	for name, domain := range map[string]string{
		"in ASCII": strings.Repeat("a", maxDomain-3) + ".com", "in another alphabet": strings.Repeat("ж", 300) + ".com", "by far": string(long),
	} {
		if got, err := NormalizeDomain(domain); !errors.Is(err, errInvalid) {
			t.Errorf("%s: NormalizeDomain = %d bytes, %v; want ErrInvalid", name, len(got), err)
		}
	}
	if got, err := NormalizeDomain(strings.Repeat("a", maxDomain-4) + ".com"); err != nil {
		t.Errorf("%d bytes: %v", len(got), err)
	}
}

func TestDomain(t *testing.T) {
	for email, want := range map[string]string{
		"anna@example.com": "example.com", "a@b@example.com": "example.com", "anna@": "", "anna": "anna", "": "",
	} {
		if got := Domain(email); got != want {
			t.Errorf("Domain(%q) = %q, want %q", email, got, want)
		}
	}
}

// FuzzNormalize shows that a normalized address has nothing in it that could end an SMTP command, is within the lengths
// of RFC 5321, and is not changed when it is normalized again.
func FuzzNormalize(f *testing.F) {
	f.Add("anna@example.com")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Normalize(s)
		if err != nil {
			return
		}
		if strings.ContainsFunc(got, func(r rune) bool { return IsInvisible(r) || strings.ContainsRune("<>\",;", r) }) {
			t.Fatalf("Normalize(%q) = %q", s, got)
		}
		domain := Domain(got)
		if local := strings.TrimSuffix(got, "@"+domain); len(local) > maxLocalPart || len(got) > maxEmail {
			t.Fatalf("Normalize(%q) = %q, which is too long", s, got)
		}
		if again, err := NormalizeDomain(domain); err != nil || again != domain {
			t.Fatalf("the domain of %q: NormalizeDomain(%q) = %q, %v", s, domain, again, err)
		}
		if again, err := Normalize(got); err != nil || again != got {
			t.Fatalf("Normalize is not idempotent: %q → %q → %q, %v", s, got, again, err)
		}
	})
}
