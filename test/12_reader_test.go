package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// linkIn is the path of the link with these words in HTML.
func linkIn(t *testing.T, base, html, words string) string {
	t.Helper()
	start, _, found := strings.Cut(html, words+"</a>")
	_, href, _ := strings.Cut(start[strings.LastIndex(start, "<a "):], `href="`)
	href, _, _ = strings.Cut(href, `"`)
	path, ours := strings.CutPrefix(href, base)
	if !found || !ours {
		t.Fatalf("no link %q leads to %s: %s", words, base, html)
	}
	return path
}

// A reader opens the link in an e-mail and chooses, pauses, comes back, gets the own data by e-mail, and has them erased by the link of
// another e-mail. The pages have no script.
func Test12AReaderStaysInControl(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	owner.post("/api/collections/brands/records", object{"name": "Tea & Co", "colour": "#1f6f54", "postal_address": "12 Lindenstrasse, Berlin"}).want(200)
	w.addClients(owner, 1, numbered)
	news := owner.post("/api/collections/lists/records", object{"name": "News", "public": true, "description": "Once a week"}).want(200).id()
	you := numbered(0)
	message := owner.message(object{"body": `<p>Hello</p><p><a href="{{ unsubscribe_url }}">Leave</a></p>`})
	owner.after(owner.mailing(message, nil), "completed", "send", nil)
	page := linkIn(t, w.nobody.base, w.mails(you, 1).HTML, "Leave")

	v := phone.in("en").inTheDark()
	b := w.openBrowser(v)
	b.open(page)
	b.title("Unsubscribe?")
	b.look("reader", v)
	b.accessible("the reader's page, dark phone")
	b.fill("Name", "Ivan")
	b.choose("News Once a week")
	b.pick("Language of these pages", "Русский")
	b.leave("Save")
	b.title("Отписаться от писем?")
	b.see("Сохранено")
	b.lookAs(desktop.in("ru"))
	b.look("reader", desktop.in("ru"))
	b.accessible("the reader's page, light desktop")
	var subscriptions struct {
		Items []struct{ List, Status string }
	}
	owner.get("/api/collections/subscriptions/records").want(200).into(&subscriptions)
	if len(subscriptions.Items) != 1 || subscriptions.Items[0].List != news || subscriptions.Items[0].Status != "confirmed" {
		t.Errorf("on lists: %+v", subscriptions.Items)
	}

	b.leave("На 30 дней")
	b.title("Письма на паузе")
	b.look("reader-paused", desktop.in("ru"))
	b.accessible("the page of who is paused")
	if status, reasons := owner.standing(you); status != "unsubscribed" || reasons != "paused" {
		t.Errorf("paused, the client is %q, %q", status, reasons)
	}
	b.leave("Получать письма снова")
	b.title("Отписаться от писем?")
	if status, reasons := owner.standing(you); status != "active" || reasons != "" {
		t.Errorf("back, the client is %q, %q", status, reasons)
	}

	// The page before may still be there, which a wait inside of the page would not survive.
	sent := func() {
		eventually(b.ctx, t, "the page says that an e-mail was sent", func() bool {
			return strings.Contains(b.text("body"), "Письмо отправлено на ваш адрес")
		})
	}
	b.leave("Прислать мои данные")
	sent()
	if mail := w.mails(you, 2); !strings.Contains(field(mail, "Subject"), "Ваши данные") && mail.Subject != "Ваши данные" {
		t.Errorf("the e-mail with the data is %+v", mail)
	}
	b.leave("Удалить мои данные")
	sent()
	erase := linkIn(t, w.nobody.base, w.mails(you, 3).HTML, "Удалить мои данные")
	w.nobody.get(erase).want(200)
	w.nobody.send(http.MethodHead, erase, nil, "").want(200)
	b.open(erase)
	b.title("Удалить ваши данные?")
	b.look("reader-erase", desktop.in("ru"))
	b.accessible("the page that asks whether to erase")
	if status, _ := owner.standing(you); status != "active" {
		t.Errorf("before the yes, the client is %q", status)
	}
	b.leave("Удалить мои данные")
	b.title("Данные удалены")
	if status, reasons := owner.standing(you); status != "" || reasons != "" {
		t.Errorf("erased, the client is %q, %q", status, reasons)
	}
}

func Test12EverybodyReadsTheArchive(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	owner.patch(users+"records/"+owner.id, object{"language": "en"}).want(200)
	w.addClients(owner, 1, numbered)
	message := owner.message(object{"subject": "News for {{ client.full_name | default: \"friends\" }}", "body": `<p>Hello {{ client.full_name | default: "friend" }}</p>`})
	id := owner.mailing(message, nil)
	owner.after(id, "completed", "send", nil)

	b := w.openBrowser(desktop)
	b.signIn("owner@gonets.example", password)
	b.goTo("/profile")
	b.fill(b.word("archive.slug", nil), "Tea News")
	b.expect("users/records")
	b.click("form:has([name=slug]) button[type=submit]", b.word("do.save", nil))
	b.see(b.word("field.slug.invalid_format", nil))
	b.fill(b.word("archive.slug", nil), "Tea-News")
	b.click("form:has([name=slug]) button[type=submit]", b.word("do.save", nil))
	b.see(b.word("archive.saved", nil))
	b.look("profile-archive", desktop)
	b.goTo("/mailings/" + id)
	b.choose(b.word("archive.public", nil) + " " + b.word("archive.public.hint", nil))
	b.see(b.word("archive.shown", nil))
	b.look("mailing-archived", desktop)

	for _, v := range []viewport{desktop.in("ru"), phone.in("en").inTheDark()} {
		b := w.openBrowser(v)
		b.open("/a/tea-news")
		b.title(map[string]string{"ru": "Архив рассылок", "en": "Archive"}[v.language])
		b.look("archive", v)
		b.accessible("the archive " + v.name())
		b.leave("News for friends")
		eventually(b.ctx, t, "the mailing is shown", func() bool { return strings.Contains(b.text("body"), "Hello friend") })
		b.look("archived", v)
	}
}
