package address

import "strings"

// aliases are other domains of mail providers by which the same mailboxes are reached.
var aliases = map[string]string{
	"googlemail.com": "gmail.com",
	"ya.ru":          "yandex.ru", "yandex.com": "yandex.ru", "yandex.by": "yandex.ru", "yandex.kz": "yandex.ru",
}

// ignored are what these providers ignore in the part before the @.
var ignored = map[string]*strings.Replacer{
	"gmail.com": strings.NewReplacer(".", ""),
	"yandex.ru": strings.NewReplacer("-", "."),
}

// Mailbox returns the same for normalized addresses that most likely reach one mailbox: what follows a plus is left out, and so are
// differences that large providers ignore. It is for counting, and no address to send to.
func Mailbox(email string) string {
	domain := Domain(email)
	local, _, _ := strings.Cut(strings.TrimSuffix(email, "@"+domain), "+")
	if other, is := aliases[domain]; is {
		domain = other
	}
	if r := ignored[domain]; r != nil {
		local = r.Replace(local)
	}
	return local + "@" + domain
}
