package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"gonets/internal/outbox"
)

// chips are the tags of the template that are shown as chips in the editor, in their order, each with its words.
func (b *browser) chips() (chips []struct{ Tag, Words string }) {
	b.t.Helper()
	shown := ask[string](b, `JSON.stringify([...document.querySelectorAll('.rich .template-tag')].map(chip => ({Tag: chip.dataset.tag, Words: chip.alt})))`)
	if err := json.Unmarshal([]byte(shown), &chips); err != nil {
		b.t.Fatal(err)
	}
	return chips
}

// tagged is a body with every kind of tag, written in ways that a rewriting could change.
const tagged = `<p>Hello {{  client.first_name|default: "dear  friend" }},</p><p>{% if client.attributes.age >= 18 and client.attributes.city == 'York' %}<b>come {{ client.attributes["favourite tea"] | upcase }}</b>{% else %}stay{%endif%}.</p><ul>` +
	`<li>{% for tag in client.attributes.tags %}{{ tag }} {% endfor %}</li></ul><p><a href="{{ view_url }}">Look</a> {{ "now" | date: "%Y" }}</p>`

var tagsOfTagged = []string{
	`{{  client.first_name|default: "dear  friend" }}`, `{% if client.attributes.age >= 18 and client.attributes.city == 'York' %}`, `{{ client.attributes["favourite tea"] | upcase }}`,
	`{% else %}`, `{%endif%}`, `{% for tag in client.attributes.tags %}`, `{{ tag }}`, `{% endfor %}`, `{{ "now" | date: "%Y" }}`,
}

// Variables and code are chips in the rich editor, and stand in the source as they were written, whatever is done around them.
func Test12ChipsKeepTheirSource(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop, outbox.Options{})
	id := owner.message(object{"body": tagged})
	body := func() string {
		var saved struct{ Body string }
		owner.get("/api/collections/messages/records/" + id).want(200).into(&saved)
		return saved.Body
	}
	b.goTo("/messages/" + id)
	eventually(b.ctx, t, "all tags are chips", func() bool { return len(b.chips()) == len(tagsOfTagged) })
	for i, chip := range b.chips() {
		if chip.Tag != tagsOfTagged[i] {
			t.Errorf("chip %d stands for %s, want %s", i, chip.Tag, tagsOfTagged[i])
		}
	}
	for i, words := range map[int]string{0: "First name, or “dear  friend”", 1: "If age >= 18 and city == 'York'", 3: "Else", 4: "End", 5: "For each: tag in tags"} {
		if got := b.chips()[i].Words; got != words {
			t.Errorf("chip %d says %q, want %q", i, got, words)
		}
	}
	b.look("chips", desktop)
	b.accessible("chips")

	key := func(what string, actions ...chromedp.Action[chromedp.Void]) { b.do(what, actions...) }
	save := func() {
		b.submit(b.word("do.save", nil))
		b.see(b.word("message.saved", nil))
		eventually(b.ctx, t, "nothing is left to be saved", func() bool {
			return ask[bool](b, `document.querySelector('.head button[form=message][type=submit]:last-of-type').disabled`)
		})
	}
	caret := func(at string) {
		ask[bool](b, fmt.Sprintf(`(() => {
			const paper = document.querySelector('.rich');
			paper.focus();
			const range = document.createRange();
			range.selectNodeContents(paper);
			(%s)(range, paper);
			getSelection().removeAllRanges();
			getSelection().addRange(range);
			return true;
		})()`, at))
	}
	end := `range => range.collapse(false)`

	// Typing elsewhere.
	caret(`(range, paper) => { range.setStart(paper.querySelector('p').firstChild, 0); range.collapse(true); }`)
	key("type", chromedp.KeyEvent("Oh! "))
	save()
	want := strings.Replace(tagged, "Hello", "Oh! Hello", 1)
	if got := body(); got != want {
		t.Errorf("typing made of the body\n%s\nwant\n%s", got, want)
	}

	// Deleted whole, and undone.
	caret(`(range, paper) => { range.setStartAfter(paper.querySelector('.template-tag')); range.collapse(true); }`)
	key("delete a chip", chromedp.KeyEvent(kb.Backspace))
	eventually(b.ctx, t, "one chip is gone", func() bool { return len(b.chips()) == len(tagsOfTagged)-1 })
	b.press(b.word("rich.undo", nil))
	eventually(b.ctx, t, "it is back", func() bool { return len(b.chips()) == len(tagsOfTagged) && b.chips()[0].Tag == tagsOfTagged[0] })

	// Copied and pasted within the editor; elsewhere the tags are text.
	copied := ask[[]string](b, `(() => {
		const paper = document.querySelector('.rich');
		paper.focus();
		const range = document.createRange();
		range.selectNodeContents(paper.querySelector('p'));
		getSelection().removeAllRanges();
		getSelection().addRange(range);
		const data = new DataTransfer();
		paper.dispatchEvent(new ClipboardEvent('copy', {clipboardData: data, bubbles: true, cancelable: true}));
		window.copied = data;
		return [data.getData('text/plain'), data.getData('text/html')];
	})()`)
	if copied[0] != "Oh! Hello "+tagsOfTagged[0]+"," || strings.Contains(copied[1], "<img") {
		t.Errorf("copied %q", copied)
	}
	caret(end)
	ask[bool](b, `(() => {
		const data = new DataTransfer();
		for (const type of ['text/plain', 'text/html']) data.setData(type, window.copied.getData(type));
		return document.querySelector('.rich').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})) || true;
	})()`)
	eventually(b.ctx, t, "what is pasted has its chip", func() bool {
		chips := b.chips()
		return len(chips) == len(tagsOfTagged)+1 && chips[len(tagsOfTagged)].Tag == tagsOfTagged[0]
	})

	// What is typed becomes a chip when it is complete.
	key("type a tag", chromedp.KeyEvent(" {{ client.email }}!"))
	eventually(b.ctx, t, "what was typed is a chip", func() bool { return len(b.chips()) == len(tagsOfTagged)+2 })
	// By the keyboard: selected, a chip is opened by Enter.
	caret(`(range, paper) => { range.setStartBefore(paper.querySelector('.template-tag')); range.collapse(true); }`)
	key("select a chip and open it", chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierShift)), chromedp.KeyEvent(kb.Enter))
	b.see(b.word("variable.fallback", nil))
	b.submit(b.word("do.cancel", nil))

	// A press on a chip asks for what it has of its own.
	b.do("press a chip", chromedp.Click(".rich p:last-child .template-tag:last-of-type"))
	b.see(b.word("variable.always", nil))
	b.submit(b.word("do.cancel", nil))
	save()
	if got := body(); !strings.HasSuffix(got, tagsOfTagged[0]+", {{ client.email }}!</p>") || !strings.HasPrefix(got, strings.TrimSuffix(want, "</p>")) {
		t.Errorf("after pasting and typing the body is\n%s", got)
	}

	b.do("wait for the note to go", chromedp.WaitNotPresent(".toast"))
	b.do("press a chip", chromedp.Click(".rich .template-tag"))
	if b.value(b.word("variable.fallback", nil)) != "dear  friend" {
		t.Error("the fallback is not in its field")
	}
	b.fill(b.word("variable.fallback", nil), "<you>")
	b.submit(b.word("do.save", nil))
	b.see(b.word("variable.fallback.wrong", nil))
	b.fill(b.word("variable.fallback", nil), `the "one"`)
	b.accessible("chip-dialog")
	b.submit(b.word("do.save", nil))
	eventually(b.ctx, t, "the chip has the other fallback", func() bool { return b.chips()[0].Tag == `{{ client.first_name | default: 'the "one"' }}` })
	save()
	if got := body(); !strings.Contains(got, `<p>Oh! Hello {{ client.first_name | default: 'the "one"' }},</p>`) {
		t.Errorf("with another fallback the body is\n%s", got)
	}
}

// Tags come out of every change of the format byte by byte.
func Test12TagsSurviveEveryFormat(t *testing.T) {
	t.Parallel()
	_, _, b := newBrowser(t, desktop, outbox.Options{})
	body, err := json.Marshal(tagged)
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range [][]string{{"html", "markdown", "html", "markdown"}, {"html", "text", "html"}, {"markdown", "html"}, {"text", "html", "text"}} {
		ways, err := json.Marshal(way)
		if err != nil {
			t.Fatal(err)
		}
		got := ask[string](b, fmt.Sprintf(`import(new URL('pages/message/convert.js', document.baseURI)).then(async ({convert}) => {
			let text = %s;
			const ways = %s;
			if (ways[0] !== 'html') text = await convert(text, 'html', ways[0]);
			for (let i = 1; i < ways.length; i++) text = await convert(text, ways[i - 1], ways[i]);
			return text;
		})`, body, ways))
		rest := got
		for _, tag := range tagsOfTagged {
			_, after, found := strings.Cut(rest, tag)
			if !found {
				t.Errorf("%v: %s is not there, or out of order, in\n%s", way, tag, got)
				break
			}
			rest = after
		}
	}
}
