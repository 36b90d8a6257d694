package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"gonets/internal/outbox"
)

func Test12ALetterIsWrittenAndSeenAsItsRecipientSeesIt(t *testing.T) {
	t.Parallel()
	for _, v := range []viewport{desktop.in("ru"), phone.inTheDark()} {
		t.Run(v.name(), func(t *testing.T) {
			_, owner, b := newBrowser(t, v, outbox.Options{})
			owner.post("/api/collections/clients/records", object{
				"email": "ivan@example.org", "full_name": "Ivan Petrov", "attributes": object{"city": "Tver"},
			}).want(200)
			b.goTo("/messages/new")
			b.fill(b.word("message.subject", nil), "Spring for {{ client.full_name }}")
			b.fill(b.word("message.body", nil), "Hello ")
			typed := func(text string) { b.do("type "+text, chromedp.KeyEvent(text)) }

			// From the menu at the cursor, and then on with typing: bold is over where it is switched off.
			b.press(b.word("variables.into", object{"field": b.word("message.body", nil)}))
			b.press(b.word("variable.full_name", nil))
			b.submit(b.word("do.insert", nil))
			eventually(b.ctx, t, "the variable is a chip", func() bool { return len(b.chips()) == 1 })
			typed(", ")
			b.press(b.word("rich.bold", nil))
			typed("come")
			b.press(b.word("rich.bold", nil))
			typed(" to ")
			b.press(b.word("variables.into", object{"field": b.word("message.body", nil)}))
			b.press("city")
			b.fill(b.word("variable.fallback", nil), "your town")
			b.submit(b.word("do.insert", nil))
			shown := func(what string) bool {
				return strings.Contains(ask[string](b, `document.querySelector('.letter-frame iframe')?.srcdoc ?? ''`), what)
			}
			eventually(b.ctx, t, "the preview greets the first client", func() bool { return shown("Hello Ivan Petrov, <b>come</b> to Tver") })
			if v.phone {
				b.press(b.word("editor.look", nil))
			}
			b.see("Spring for Ivan Petrov")
			b.do("look at the text", chromedp.Click(".preview-bar .segments button:nth-child(2)")) // a format has the same name
			b.see("Hello Ivan Petrov, come to Tver")
			b.press(b.word("preview.html", nil))
			b.press(b.word("preview.phone", nil))
			eventually(b.ctx, t, "the message is as narrow as on a phone", func() bool {
				return ask[float64](b, `document.querySelector('.letter-frame.phone iframe')?.getBoundingClientRect().width ?? 1000`) <= 390
			})
			if ask[string](b, `document.querySelector('.letter-frame iframe').getAttribute('sandbox')`) != "" {
				t.Error("a message may do something in its frame")
			}
			b.accessible("message")

			if v.phone {
				b.press(b.word("editor.write", nil))
			}
			// A template replaces what was written only when asked to.
			b.press(b.word("templates", nil))
			b.see(b.word("templates.title", nil))
			b.do("choose the first template", chromedp.Click("dialog[open] .template"))
			b.see(b.word("templates.replace", nil))
			b.submit(b.word("do.cancel", nil))
			b.seeNoMore(b.word("templates.replace", nil))

			b.submit(b.word("do.save", nil))
			eventually(b.ctx, t, "the message is saved as it was written", func() bool {
				var list struct {
					Items []struct{ Subject, Body, Format string }
				}
				owner.get("/api/collections/messages/records").want(200).into(&list)
				return len(list.Items) == 1 && list.Items[0].Format == "html" && list.Items[0].Subject == "Spring for {{ client.full_name }}" &&
					strings.Contains(list.Items[0].Body, "Hello {{ client.full_name }}, <b>come</b> to {{ client.attributes.city | default: \"your town\" }}")
			})
		})
	}
}
