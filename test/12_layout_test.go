package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"gonets/internal/outbox"
)

// In a window beside another one, tables fit and names and addresses have room.
func Test12TablesFitIntoANarrowWindow(t *testing.T) {
	t.Parallel()
	w := newDemo(t, 3*time.Minute)
	owner := w.printed()["owner"]
	client := "/clients/" + w.enter(owner).newest("clients", `status="bounced"`)
	v := desktop.in("ru")
	v.width = 1000
	b := w.openBrowser(v)
	b.signIn(owner.email, owner.password)
	for _, width := range []int64{1000, 800} {
		v.width = width
		b.lookAs(v)
		for _, path := range []string{"/clients", "/suppressions", "/mailings", "/attempts", "/filters", "/lists", "/messages", "/statistics", client} {
			b.goTo(path)
			b.painted()
			wide := ask[string](b, `[...document.querySelectorAll('.table')].filter(one => one.scrollWidth > one.parentElement.clientWidth + 1 && getComputedStyle(one.closest('.card')).overflowX !== 'auto').map(one => one.getAttribute('aria-label') + ' ' + one.scrollWidth + ' of ' + one.parentElement.clientWidth).join()`)
			if wide != "" {
				t.Errorf("at %d pixels %s has tables that are cut: %s", width, path, wide)
			}
			narrow := ask[float64](b, `Math.min(1000, ...[...document.querySelectorAll('td[data-phone=head] .who')].map(one => one.getBoundingClientRect().width))`)
			if narrow < 140 {
				t.Errorf("at %d pixels the names on %s have %.0f pixels", width, path, narrow)
			}
		}
	}
}

func Test12AMailingIsPrintedAsOnADesktop(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop.in("en"), outbox.Options{})
	w.addClients(owner, 3, numbered)
	b.goTo("/mailings/" + owner.after(owner.mailing(owner.message(nil), nil), "completed", "send", nil))
	b.see(b.word("recipients.all", nil))
	paper := desktop
	paper.width = 718 // A4 between its margins
	b.lookAs(paper)
	b.do("print", call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	for what, shown := range map[string]bool{"table thead": true, ".table td.figures": true, ".live": true, ".side": false, ".toolbar": false, ".tabs": false, ".head .acts": false, ".bottombar": false} {
		if got := ask[bool](b, fmt.Sprintf(`document.querySelector(%q)?.checkVisibility() ?? false`, what)); got != shown {
			t.Errorf("%s on paper: shown is %t", what, got)
		}
	}
	if display := ask[string](b, `getComputedStyle(document.querySelector('.table tr')).display`); display != "table-row" {
		t.Errorf("recipients are printed as %s", display)
	}
	b.fits()
}

// A letter that says nothing of dark is shown in other colours, and its pictures and emoji as they are.
func Test12DarkLettersKeepPicturesAndEmoji(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop.in("en"), outbox.Options{})
	b.expect("x.example") // nobody there has a picture
	b.goTo("/messages/" + owner.message(object{"body": `<table bgcolor="#FFFFFF" width="100%"><tr><td style="padding:24px;color:#222;background:url(https://x.example/a%23fff.png) white">Hi 🎉 <font color="red">red</font><a href="https://x.example" style="background:#3b53e0;color:#ffffff">Go</a></td></tr></table>`}))
	letter := func() string { return ask[string](b, `document.querySelector('.letter-frame iframe')?.srcdoc ?? ''`) }
	eventually(b.ctx, t, "the letter is shown", func() bool { return strings.Contains(letter(), "🎉") })
	b.press(b.word("preview.dark", nil))
	eventually(b.ctx, t, "the letter is dark", func() bool { return strings.Contains(letter(), "oklch(from #FFFFFF") })
	for _, want := range []string{"color:oklch(from #222 ", "background:url(https://x.example/a%23fff.png) oklch(from white ", "background:oklch(from #3b53e0 ", "color:oklch(from red "} {
		if !strings.Contains(letter(), want) {
			t.Errorf("%q is not in the dark letter\n%s", want, letter())
		}
	}
	if strings.Contains(letter(), "filter:") || ask[string](b, `getComputedStyle(document.querySelector('.letter-frame iframe')).filter`) != "none" {
		t.Error("the dark letter is filtered, with its pictures and emoji")
	}
	b.look("dark-letter", desktop)
}

func Test12ThumbnailsOfTemplatesDoNotScroll(t *testing.T) {
	t.Parallel()
	_, _, b := newBrowser(t, desktop.in("ru"), outbox.Options{})
	b.goTo("/messages/new")
	b.press(b.word("templates", nil))
	b.see(b.word("templates.title", nil))
	eventually(b.ctx, t, "thumbnails are shown", func() bool { return ask[int](b, `document.querySelectorAll('.thumb iframe').length`) > 3 })
	if moving := ask[int](b, `document.querySelectorAll('.thumb iframe:not([scrolling=no])').length`); moving > 0 {
		t.Errorf("%d thumbnails have scroll bars", moving)
	}
	b.look("templates", desktop)
}

func Test12DomainsAreShownAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop.in("ru"), outbox.Options{})
	for ascii, want := range map[string]string{
		"info@xn--80a1acny.xn--p1ai": "info@почта.рф", "xn--e1afmkfd.xn--p1ai": "пример.рф", "a@xn--mnchen-3ya.de": "a@münchen.de", "xn--r8jz45g.jp": "例え.jp",
		"a@example.org": "a@example.org", "550 <a@xn--80a1acny.xn--p1ai> no": "550 <a@почта.рф> no",
		// Latin beside Cyrillic pretends to be another domain; the last two are no Punycode.
		"xn--exmple-4nf.com": "xn--exmple-4nf.com", "xn--99999999999.com": "xn--99999999999.com", "xn--": "xn--",
	} {
		given, _ := json.Marshal(ascii)
		if got := ask[string](b, fmt.Sprintf(`import(new URL('data/idn.js', document.baseURI)).then(({asWritten}) => asWritten(%s))`, given)); got != want {
			t.Errorf("%s is shown as %s, want %s", ascii, got, want)
		}
	}
	client := owner.post("/api/collections/clients/records", object{"email": "иван@почта.рф"}).want(200).id()
	owner.post("/api/collections/suppressions/records", object{"kind": "domain", "value": "пример.рф", "reason": "manual"}).want(200)
	for path, want := range map[string]string{"/clients": "иван@почта.рф", "/clients/" + client: "иван@почта.рф", "/suppressions": "@пример.рф"} {
		b.goTo(path)
		b.see(want)
		if strings.Contains(b.text("body"), "xn--") {
			t.Errorf("%s shows a domain in ASCII", path)
		}
	}
}

// What Gonets itself says of a try is in the reader's language; what a server says stays as it is.
func Test12OwnReasonsAreTranslated(t *testing.T) {
	t.Parallel()
	_, _, b := newBrowser(t, desktop.in("ru"), outbox.Options{})
	b.goTo("/attempts")
	for said, want := range map[string]string{
		"body: the server closed the connection: EOF":                                    b.word("said.closed", nil),
		"nothing for 5m0s: i/o timeout":                                                  b.word("said.silent", object{"time": "5m0s"}),
		"550 5.6.7 the address is not ASCII and the mail server does not offer SMTPUTF8": b.word("said.smtputf8", nil),
		"Gonets ended while the mail was being handed over: it may have been delivered":  b.word("said.interrupted", nil),
		"550 5.1.1 No such user":                                                         "550 5.1.1 No such user",
	} {
		given, _ := json.Marshal(object{"code": 0, "enhanced_code": "", "response": said})
		if got := ask[string](b, fmt.Sprintf(`import(new URL('parts/mail-words.js', document.baseURI)).then(({answerWords}) => answerWords(%s))`, given)); got != want {
			t.Errorf("%q is shown as %q, want %q", said, got, want)
		}
	}
}

// What is wrong with a template is said in the reader's language, with what is meant.
func Test12FaultsOfTemplatesAreTranslated(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop.in("ru"), outbox.Options{})
	b.expect("400")
	b.goTo("/messages/" + owner.message(nil))
	for subject, want := range map[string]string{
		"{{ client.email": "{{ client.email: нет закрывающих скобок", "{% if client.email %}x": "у {% if %} нет конца: {% endif %}", "{% endif %}": "{% endif %} может стоять только внутри if",
		"{{ x | nosuch }}": "фильтра «nosuch» нет, есть append", "{% nosuch %}": "тега «nosuch» нет", "{% assign a %}": "нет знака =", "{{ a \"b }}": "не читается «a \"b»",
	} {
		b.fill(b.word("message.subject", nil), subject)
		b.see(want)
	}
}

func Test12TheToolbarIsOneStopOfTheTabKey(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop.in("en"), outbox.Options{})
	b.goTo("/messages/" + owner.message(nil))
	b.see(b.word("attachments", nil))
	eventually(b.ctx, t, "the toolbar is there", func() bool { return ask[bool](b, `Boolean(document.querySelector('.rich-toolbar'))`) })
	if stops := ask[int](b, `document.querySelectorAll('.rich-toolbar button:not([tabindex="-1"])').length`); stops != 1 {
		t.Errorf("the toolbar has %d stops", stops)
	}
	focused := func() string {
		return ask[string](b, `document.activeElement.getAttribute('aria-label') ?? document.activeElement.className`)
	}
	ask[bool](b, `document.querySelector('.rich-toolbar button').focus() || true`)
	for _, step := range []struct{ key, name string }{{kb.ArrowRight, "rich.redo"}, {kb.ArrowLeft, "rich.undo"}, {kb.ArrowLeft, "rich.button"}, {kb.Home, "rich.undo"}, {kb.End, "rich.button"}, {kb.Tab, "message.body"}} {
		b.do("press a key", chromedp.KeyEvent(step.key))
		if got, want := focused(), b.word(step.name, nil); got != want {
			t.Errorf("the focus is on %q, want %q", got, want)
		}
	}
	b.do("go back", chromedp.Evaluate[chromedp.Void](`document.querySelector('.rich-toolbar [tabindex="0"]').focus()`))
	if got, want := focused(), b.word("rich.button", nil); got != want {
		t.Errorf("coming back the focus is on %q, want %q", got, want)
	}
}

func Test12HomeSaysWhatIsNew(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop.in("en"), outbox.Options{})
	w.addClients(owner, 3, numbered)
	owner.post("/api/collections/suppressions/records", object{"kind": "domain", "value": "example.net", "reason": "manual"}).want(200)
	sent := owner.after(owner.mailing(owner.message(nil), nil), "completed", "send", nil)
	b.goTo("/mailings/" + sent)
	b.goTo("/")
	if title := ask[string](b, "document.title"); !strings.HasPrefix(title, b.word("nav.home", nil)) {
		t.Errorf("the tab of home is called %q", title)
	}
	b.see("+1 " + b.word("home.days", object{"count": 7}))
	b.see("+3 " + b.word("home.days", object{"count": 30}))
	eventually(b.ctx, t, "the menu counts", func() bool {
		return strings.Join(strings.Fields(b.text(".side .nav")), " ") == "Home Mailings 1 Messages 1 Clients 3 Statistics Log Stop list 1"
	})
}
