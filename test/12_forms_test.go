package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"gonets/internal/outbox"
)

// Test12TheFormAndItsPages looks at a form in the web UI and at the pages that readers see of it.
func Test12TheFormAndItsPages(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop.in("en"), outbox.Options{})
	form := owner.form("Recipes")
	reader := w.openBrowser(desktop.in("en"))
	reader.open("/f/" + form)
	reader.title("Recipes")
	reader.accessible("the page of a form")
	reader.look("form-page", desktop.in("en"))
	reader.fill("Email *", "olga@example.com")
	reader.leave("Subscribe")
	confirm := confirmation(t, w.mails("olga@example.com", 1), w.nobody.base)
	reader.open(confirm)
	reader.title("Confirm your subscription")
	reader.accessible("confirmation")
	reader.look("form-confirm", desktop.in("en"))
	reader.leave("Confirm")
	reader.title("You are subscribed")
	reader.accessible("after confirming")

	// Without scripts a page with a button follows, which takes people two seconds to press.
	for _, v := range []viewport{desktop.in("en"), phone.in("ru").inTheDark()} {
		say := formSays[v.language]
		plain := w.openBrowser(v)
		scripts := func(off bool) chromedp.Action[chromedp.Void] {
			return call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
		}
		plain.do("turn scripts off", scripts(true))
		plain.open("/f/" + form)
		plain.fill(say[0], v.language+"@example.com")
		plain.leave(say[1])
		plain.title(say[2])
		plain.do("turn scripts on, for looking at the page", scripts(false))
		plain.accessible("the page with a button, " + v.name())
		plain.look("form-button", v)
		plain.pressAsPeopleDo(say)
		plain.accessible("the page after sending, " + v.name())
		plain.look("form-sent", v)
		w.mails(v.language+"@example.com", 1)
	}

	for _, v := range []viewport{phone.in("ru"), phone.in("en").inTheDark(), desktop.in("ru").inTheDark()} {
		other := w.openBrowser(v)
		other.open("/f/" + form)
		other.accessible("the page of a form, " + v.name())
		other.look("form-page", v)
		other.open(confirm)
		other.look("form-confirmed", v)
	}

	b.goTo("/forms/" + form)
	b.see(b.word("forms.confirmed", nil))
	eventually(b.ctx, t, "the preview shows the form", func() bool {
		return strings.Contains(ask[string](b, `document.querySelector('.form-preview iframe')?.srcdoc ?? ''`), "I agree to get emails.")
	})
	b.accessible("the editor of a form")
	b.look("form-editor", desktop.in("en"))
	b.press(b.word("forms.preview.dark", nil))
	eventually(b.ctx, t, "the preview is dark", func() bool {
		return strings.Contains(ask[string](b, `document.querySelector('.form-preview iframe').srcdoc`), "\n  color-scheme: dark")
	})
	owner.patch(users+"records/"+owner.id, object{"language": "ru"}).want(200)
	b.reload()
	for _, v := range []viewport{phone.in("ru"), desktop.in("ru").inTheDark()} {
		b.lookAs(v)
		b.goTo("/forms")
		b.accessible("the forms")
		b.look("forms", v)
		b.goTo("/forms/" + form)
		b.see(b.word("forms.confirmed", nil))
		if wide := ask[float64](b, `(t => t.getBoundingClientRect().right - t.closest('.card').getBoundingClientRect().right)(document.querySelector('table.plain'))`); wide > 0 {
			t.Errorf("%s: the table of days is %v px wider than its card", v.name(), wide)
		}
		b.look("form-editor", v)
	}
}
