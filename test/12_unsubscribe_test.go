package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"gonets/internal/outbox"
)

// newTab does something that opens an address of the instance in another tab, and returns a browser that looks at that tab.
func (b *browser) newTab(address string, open func()) *browser {
	b.t.Helper()
	open()
	var id target.ID
	eventually(b.ctx, b.t, "a tab with "+address+" is open", func() bool {
		all, err := chromedp.Targets(b.ctx)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, info := range all {
			if info.Type == "page" && strings.HasPrefix(info.URL, b.base+address) {
				id = info.TargetID
			}
		}
		return id != ""
	})
	tab := &browser{t: b.t, base: b.base}
	var cancel func()
	tab.ctx, cancel = chromedp.NewContext(b.ctx, chromedp.WithTargetID(id), chromedp.WithListener(tab.listen))
	b.t.Cleanup(cancel)
	b.t.Cleanup(tab.mustBeQuiet)
	return tab
}

// title waits until the heading of a page says this. Unlike see it outlives the page that was there before.
func (b *browser) title(want string) {
	b.t.Helper()
	eventually(b.ctx, b.t, "there is the heading "+want, func() bool { return b.text("h1") == want })
}

// leave clicks what leads away from a page, once: the page is gone before it could tell that the click has hit.
func (b *browser) leave(name string) {
	b.t.Helper()
	b.do("click "+name, chromedp.Click(b.find("button, a[href]", name)))
}

// A recipient presses the link in the mail, then the button of the page, in a browser as it comes: that one says "Origin: null"
// for a page that sends no referrer.
func Test12WhoOpensTheOutboxOfTheDemoUnsubscribesInTheBrowser(t *testing.T) {
	t.Parallel()
	w := newDemo(t, 3*time.Minute)
	accounts := w.printed()
	owner := w.enter(accounts["owner"])
	owner.patch(users+"records/"+owner.id, object{"language": "en"}).want(200)
	const you = "you@example.org"
	who := owner.post("/api/collections/clients/records", object{"email": you, "full_name": "You"}).want(200).id()
	owner.after(owner.mailing(owner.message(nil), object{"audience": "picked", "recipients": []string{who}}), "completed", "send", nil)
	mail := owner.inOutbox(you)

	b := w.openBrowser(desktop)
	b.signIn(accounts["owner"].email, accounts["owner"].password)
	b.goTo("/outbox/" + mail.ID)
	b.settledFrames()
	tab := b.newTab("/u/", func() {
		// The frame of the mail is another origin, of which only the keyboard of a test reaches a link: the first and only one.
		b.do("go to the bar above the mail", chromedp.Focus(b.find("button", b.word("preview.dark", nil))))
		b.key(kb.Tab)
		if !ask[bool](b, `document.activeElement.tagName === 'IFRAME'`) {
			t.Fatal("Tab does not lead to the mail")
		}
		b.key(kb.Enter)
	})
	tab.title("Unsubscribe?")
	tab.leave("Unsubscribe")
	tab.title("You are unsubscribed")
	if status, reasons := owner.standing(you); status != "unsubscribed" || reasons != "unsubscribed" {
		t.Errorf("the client is %q, %q", status, reasons)
	}
	tab.leave("Undo, subscribe me again")
	tab.title("You are subscribed again")
	if status, _ := owner.standing(you); status != "active" {
		t.Errorf("after coming back the client is %q", status)
	}
}

func Test12WhoGotAMailUnsubscribesInTheBrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 1, numbered)
	message := owner.message(object{"body": `<p>Hello</p><p><a href="{{ view_url }}">View</a> <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>`})
	owner.after(owner.mailing(message, nil), "completed", "send", nil)
	html := w.mails(numbered(0), 1).HTML
	link := func(words string) string {
		start, _, _ := strings.Cut(html, `">`+words+`</a>`)
		return strings.TrimPrefix(start[strings.LastIndex(start, `"`)+1:], w.nobody.base)
	}

	b := w.openBrowser(phone.in("ru"))
	for _, from := range []string{"the mail", "the mail in the browser"} {
		if from == "the mail" {
			b.open(link("Unsubscribe"))
		} else {
			b.open(link("View")) // no script runs there, so the keyboard has to find the second link
			b.key(kb.Tab + kb.Tab + kb.Enter)
		}
		b.title("Отписаться от писем?")
		b.look("unsubscribe", phone.in("ru"))
		b.leave("Отписаться")
		b.title("Вы отписались")
		if status, _ := owner.standing(numbered(0)); status != "unsubscribed" {
			t.Errorf("from %s the client is %q", from, status)
		}
		b.leave("Вернуть подписку")
		b.title("Подписка возвращена")
	}
}

// Whatever address a person opens: a page in their language, that fits and is accessible, and never JSON.
func Test12WhatIsNotThereIsAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	for _, v := range []viewport{phone.in("ru"), desktop.in("en").inTheDark()} {
		b := w.openBrowser(v)
		b.expect("404")
		for i, path := range []string{"/whatever", "/whatever/deeper.html", "/_/nothing", "/u", "/u/", "/u/nonsense", "/v", "/v/nonsense", "/u/nonsense/deeper"} {
			b.open(path)
			if kind := ask[string](b, "document.contentType"); kind != "text/html" {
				t.Errorf("%s is %s", path, kind)
				continue
			}
			if lang := ask[string](b, "document.documentElement.lang"); lang != v.language {
				t.Errorf("%s is in %q, want %q", path, lang, v.language)
			}
			b.look(fmt.Sprintf("missing-%d", i), v)
			if i < 4 {
				b.accessible("missing " + path + " " + v.name())
			}
		}
		home := map[string]string{"en": "Go to the home page", "ru": "На главную"}[v.language]
		b.open("/whatever")
		b.leave(home)
		eventually(b.ctx, t, "the home page has come", func() bool { // words are asked of the UI, and the page before may load no script
			return ask[bool](b, `location.pathname === "/" && document.readyState === "complete"`)
		})
		b.see(b.word("auth.signIn", nil))
	}
}
