package address

import "testing"

func TestMailboxIsTheSameForAddressesOfOneMailbox(t *testing.T) {
	for email, want := range map[string]string{
		"olga@example.com":              "olga@example.com",
		"olga+news@example.com":         "olga@example.com",
		"o.lga@example.com":             "o.lga@example.com",
		"o.l.g.a+1+2@googlemail.com":    "olga@gmail.com",
		"olga-k@ya.ru":                  "olga.k@yandex.ru",
		"olga.k@yandex.ru":              "olga.k@yandex.ru",
		"почта+1@xn--e1afmkfd.xn--p1ai": "почта@xn--e1afmkfd.xn--p1ai",
		"+1@example.com":                "@example.com",
		"+2@gmail.com":                  "@gmail.com",
	} {
		if got := Mailbox(email); got != want {
			t.Errorf("%s: got %s, want %s", email, got, want)
		}
	}
}
