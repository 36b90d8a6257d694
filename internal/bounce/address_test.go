package bounce

import (
	"strings"
	"testing"
)

func TestAddressesAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"<ann@example.com>: user unknown":   "ann@example.com",
		"ann@example.com.":                  "ann@example.com",
		"'ann@example.com'":                 "ann@example.com",
		`"ann smith"@example.com said`:      `"ann smith"@example.com`,
		"ann@[192.0.2.1] and bob@b.example": "ann@[192.0.2.1] bob@b.example",
		"dda:SMTP=ann@example.com;":         "ann@example.com",
		"получатель анна@пример.рф не найден":                "анна@пример.рф",
		"ann@example.com<mailto:ann@example.com>":            "ann@example.com ann@example.com",
		"bounces+a=b.example@news.example, prvs=1@x.example": "bounces+a=b.example@news.example prvs=1@x.example",
		"ann@example.com（不存在）":                               "ann@example.com",
		"@ a@ @b a @ b":                                      "",
		"a@b@c.example":                                      "a@b",
	} {
		var got []string
		for _, f := range findAddresses(text) {
			got = append(got, f.address)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: %q, want %q", text, s, want)
		}
	}
}

func TestAddressesOfFieldsAreDecoded(t *testing.T) {
	for value, want := range map[string]string{
		"rfc822; ann@example.com":                         "ann@example.com",
		"RFC822;<ann@example.com>":                        "ann@example.com",
		"ann@example.com":                                 "ann@example.com",
		"rfc822; ann+2Bnews+3D1@example.com":              "ann+news=1@example.com",
		"rfc822; ann+41@example.com":                      "ann+41@example.com", // a tag: A need not be encoded
		"rfc822; ann+2b@example.com":                      "ann+2b@example.com", // xtext has capital letters
		`utf-8; \x{430}\x{43D}\x{43D}\x{430}@example.com`: "анна@example.com",
		`utf-8; \x{zz}\x{0}\x{110000}@example.com`:        `x{110000}@example.com`,
		"rfc822; =?utf-8?q?ann=40example=2Ecom?=":         "ann@example.com",
		"x-unix; |/usr/bin/filter":                        "",
	} {
		if got := typedAddress(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func TestCodesAreFound(t *testing.T) {
	for text, want := range map[string]struct {
		code     int
		enhanced string
	}{
		"550 5.1.1 no such user": {550, "5.1.1"},
		"550-5.1.1 no such user": {550, "5.1.1"},
		"(#5.1.1)":               {0, "5.1.1"},
		"5.0.0 then 5.7.1":       {0, "5.7.1"},
		"5.1.0 only":             {0, "5.1.0"},
		"host 192.0.2.5 [5.4.3.2] version 4.2.1.9 550a": {0, ""},
		"id 4Xk2-550-1, port 587, 1550, a@550.example":  {0, ""},
		"SMTP error: 421: later":                        {421, ""},
		"5.10.100 5.1000.1":                             {0, "5.10.100"},
		"":                                              {0, ""},
	} {
		if code, enhanced := codeIn(text), enhancedIn(text); code != want.code || enhanced != want.enhanced {
			t.Errorf("%q: %d %q, want %+v", text, code, enhanced, want)
		}
	}
}
