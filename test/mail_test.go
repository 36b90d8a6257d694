package e2e

import (
	"regexp"

	"gonets/internal/outbox"
)

// mails waits until an address has got this many mails, and returns the newest.
func (w *world) mails(address string, n int) outbox.Mail {
	w.t.Helper()
	eventually(w.ctx, w.t, "the mail to "+address+" has come", func() bool { return w.outbox.Count(address) >= n })
	page := w.outbox.List(0, n+1, address)
	if page.TotalItems != n {
		w.t.Fatalf("%s got %d mails, want %d", address, page.TotalItems, n)
	}
	mail, ok := w.outbox.One(page.Items[0].ID)
	if !ok {
		w.t.Fatalf("the mail to %s is not kept", address)
	}
	return mail
}

// newestMail is the last one that an address got.
func (w *world) newestMail(address string) outbox.Mail {
	w.t.Helper()
	page := w.outbox.List(0, 1, address)
	if len(page.Items) == 0 {
		w.t.Fatalf("%s got no mail", address)
	}
	mail, ok := w.outbox.One(page.Items[0].ID)
	if !ok {
		w.t.Fatalf("the mail to %s is not kept", address)
	}
	return mail
}

// token is the token in a mail's link to a page of the web UI: https://…/#/verify/{token}.
func (w *world) token(m outbox.Mail, page string) string {
	w.t.Helper()
	link := regexp.MustCompile(regexp.QuoteMeta(w.nobody.base) + `/#/` + page + `/([\w.-]+)`)
	inText, inHTML := link.FindStringSubmatch(m.Text), link.FindStringSubmatch(m.HTML)
	if inText == nil || inHTML == nil || inText[1] != inHTML[1] {
		w.t.Fatalf("the mail %q has no link to the page %s that is the same in text and HTML:\n%s\n%s", m.Subject, page, m.Text, m.HTML)
	}
	return inText[1]
}

// field is the value of a mail's header field, "" when it has none.
func field(m outbox.Mail, name string) string {
	for _, f := range m.Headers {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}
