package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// goTo goes on to another page of the UI, as a link would.
func (b *browser) goTo(path string) {
	b.t.Helper()
	b.isAt(path)
	b.do("go to "+path, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`new Promise(arrived => {
		if ((location.hash || '#/') === %[1]q) return arrived();
		addEventListener('hashchange', () => requestAnimationFrame(() => requestAnimationFrame(arrived)), {once: true});
		location.hash = %[1]q;
	})`, "#"+path), chromedp.EvalAwaitPromise))
	b.settled()
}

// ask evaluates JavaScript on the page; what it promises is waited for.
func ask[T any](b *browser, script string) T {
	b.t.Helper()
	answer, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("could not evaluate %.80s: %v", script, err)
	}
	return answer
}

// word is what the UI says for a key of its dictionaries, in the language it speaks just now. So the tests do not
// have to follow each change of the words, and find a control in either language.
func (b *browser) word(key string, params object) string {
	b.t.Helper()
	encoded, err := json.Marshal(params)
	if err != nil {
		b.t.Fatal(err)
	}
	script := fmt.Sprintf(`import(new URL('i18n/index.js', document.baseURI)).then(words => words.known(%q) ? words.t(%q, %s ?? {}) : '')`, key, key, encoded)
	var words string
	// The words of a page come with it.
	eventually(b.ctx, b.t, "the UI knows the words for "+key, func() bool {
		b.t.Helper()
		var err error
		if words, err = chromedp.Run(b.ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise)); err != nil {
			b.t.Fatalf("could not ask for the words for %s: %v", key, err)
		}
		return words != ""
	})
	return words
}

// waits returns an action that waits until a function of the page, called with args, returns something true, or the time of the
// test ends. It looks every 40 ms: looking in each frame, as is usual, makes the browser draw frames that nobody needs.
func waits(function string, args ...any) chromedp.Action[chromedp.Void] {
	return chromedp.PollFunction[chromedp.Void](function,
		chromedp.WithPollingArgs(args...), chromedp.WithPollingInterval(40*time.Millisecond), chromedp.WithPollingTimeout(0))
}

// settled waits until the page has a head and is not loading any more. The page of all parts shows what loading
// looks like for ever.
func (b *browser) settled() {
	b.t.Helper()
	b.do("see the page loaded", waits(
		`() => document.querySelector('main h1') && document.fonts.status === 'loaded'
			&& (location.hash === '#/kit' || !document.querySelector('.skeleton, [aria-busy=true]'))`))
}

// painted waits until the page is shown as it is now: in another theme, say.
func (b *browser) painted() {
	b.t.Helper()
	ask[bool](b, `new Promise(shown => requestAnimationFrame(() => requestAnimationFrame(() => shown(true))))`)
}

// fits fails the test when the page has to be scrolled sideways.
func (b *browser) fits() {
	b.t.Helper()
	const widest = `(() => {
		const room = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= room) return '';
		const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > room + 1);
		return document.documentElement.scrollWidth + ' of ' + room + ' wide: ' + out.slice(0, 3).map(e => e.outerHTML.slice(0, 200)).join('\n');
	})()`
	if wide := ask[string](b, widest); wide != "" {
		b.t.Errorf("%s has to be scrolled sideways, %s", ask[string](b, "location.hash"), wide)
	}
}

// text is the visible text of the first element that a selector finds, or nothing.
func (b *browser) text(selector string) string {
	text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector)))
	return text
}

// plain is a text as see compares it: in small letters, with plain spaces. Numbers have others.
func plain(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// see waits until the page shows a text.
func (b *browser) see(text string) {
	b.t.Helper()
	b.do("see "+text, waits(
		`wanted => document.body.innerText.replace(/\s+/g, ' ').toLowerCase().includes(wanted)`,
		plain(text)))
}

// seeNoMore waits until the page does not show a text any more.
func (b *browser) seeNoMore(text string) {
	b.t.Helper()
	b.do("see no more of "+text, waits(
		`gone => !document.body.innerText.replace(/\s+/g, ' ').toLowerCase().includes(gone)`,
		plain(text)))
}

// find waits for the control with this accessible name and marks it, so that other actions can address it.
// kind is a selector: "button, a", "input, textarea, select".
func (b *browser) find(kind, name string) chromedp.CSS {
	b.t.Helper()
	const mark = `(kind, name) => {
		const label = element => {
			const by = element.getAttribute('aria-labelledby');
			return (element.getAttribute('aria-label')
				|| (by && by.split(' ').map(id => document.getElementById(id)?.innerText ?? '').join(' '))
				|| (element.labels?.length && element.labels[0].innerText)
				|| !element.isContentEditable && element.innerText || element.value || element.placeholder || '').replace(/\s+/g, ' ').trim().toLowerCase();
		};
		const shown = element => element.checkVisibility({visibilityProperty: true}) && !element.disabled;
		const scope = document.querySelector('dialog[open]') ?? document;
		const all = [...scope.querySelectorAll(kind)].filter(shown);
		const wanted = name.toLowerCase();
		const found = all.find(e => label(e) === wanted) ?? all.find(e => label(e).startsWith(wanted));
		if (!found) return false;
		document.querySelectorAll('[data-found]').forEach(e => e.removeAttribute('data-found'));
		found.setAttribute('data-found', '');
		found.scrollIntoView({block: 'center'}); // not below a bar that lies over the page
		window.missed = true;
		found.addEventListener('click', () => { window.missed = false; }, {capture: true, once: true});
		return true;
	}`
	b.do(fmt.Sprintf("find %q among %s", name, kind), waits(mark, kind, name))
	return "[data-found]"
}

// click clicks the control with this accessible name, and does so again where it has moved away from under the mouse:
// what comes late moves what stands below it.
func (b *browser) click(kind, name string) {
	b.t.Helper()
	for missed := true; missed; missed = ask[bool](b, `window.missed ?? false`) {
		b.do("click "+name, chromedp.Click(b.find(kind, name)))
	}
}

// press clicks the button or link with this name.
func (b *browser) press(name string) {
	b.t.Helper()
	b.click("button, a[href], summary, [role=menuitem], [role=tab]", name)
}

// submit clicks the button with this name that ends a form or answers a question.
func (b *browser) submit(name string) {
	b.t.Helper()
	b.click("button[type=submit], button.primary, dialog[open] button", name)
}

// fill types a value into the field with this label, in place of what is there.
func (b *browser) fill(label, value string) {
	b.t.Helper()
	field := b.find("input, textarea, [contenteditable=true]", label)
	b.do("fill "+label,
		chromedp.Focus(field),
		chromedp.Evaluate[chromedp.Void](`document.execCommand('selectAll')`),
		chromedp.SendKeys(field, value),
	)
}

// value is what the field with this label holds.
func (b *browser) value(label string) string {
	b.t.Helper()
	b.find("input, textarea, [contenteditable=true]", label)
	return ask[string](b, `(field => field.value ?? field.innerText)(document.querySelector('[data-found]'))`)
}

// choose selects an option of the field with this label, or ticks the box or radio button with it.
func (b *browser) choose(label string) {
	b.t.Helper()
	b.click("input[type=checkbox], input[type=radio]", label)
}

// pick selects the option with these words in the list with this label.
func (b *browser) pick(label, option string) {
	b.t.Helper()
	b.find("select", label)
	ask[bool](b, fmt.Sprintf(`(list => {
		list.value = [...list.options].find(o => o.text === %q).value;
		return list.dispatchEvent(new Event('input', {bubbles: true})) && list.dispatchEvent(new Event('change', {bubbles: true}));
	})(document.querySelector('[data-found]'))`, option))
}

// shots is where pictures of all pages are wanted: a folder in the repository, or anywhere when it begins with a slash.
const shots = "GONETS_SHOTS"

// keepShots is whether pictures of all pages are wanted.
func keepShots() bool { return os.Getenv(shots) != "" }

// screenshot keeps a picture of the whole page, for looking at: where shots says, else in test/screenshots.
func (b *browser) screenshot(name string) {
	b.t.Helper()
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Logf("no screenshot %s: %v", name, err)
		return
	}
	folder := "screenshots"
	if keepShots() {
		if folder = os.Getenv(shots); !filepath.IsAbs(folder) {
			folder = filepath.Join("..", folder)
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// look checks that the page fits and shows no trace of a program, and keeps a picture of it if pictures are wanted.
func (b *browser) look(page string, v viewport) {
	b.t.Helper()
	b.fits()
	const traces = `document.body.innerText.match(/undefined|\bNaN\b|\[object |\bnull\b|Invalid Date/)?.[0] ?? ''`
	if trace := ask[string](b, traces); trace != "" {
		b.t.Errorf("%s shows %q", ask[string](b, "location.hash"), trace)
	}
	if keepShots() {
		b.screenshot(page + "-" + v.name())
	}
}

// signIn signs in on the page for it, and waits for the home page.
func (b *browser) signIn(email, password string) {
	b.t.Helper()
	b.open("/#/sign-in")
	b.settled()
	b.fill(b.word("auth.email", nil), email)
	b.fill(b.word("auth.password", nil), password)
	b.submit(b.word("auth.signIn", nil))
	b.see(b.word("home.recipients", nil))
	b.settled()
}

// signInAsSuperuser signs the superuser of the world in.
func (b *browser) signInAsSuperuser() {
	b.t.Helper()
	b.open("/#/sign-in?as=superuser")
	b.settled()
	b.fill(b.word("auth.email", nil), rootEmail)
	b.fill(b.word("auth.password", nil), password)
	b.submit(b.word("auth.signIn", nil))
	b.see(b.word("overview.lead", nil))
	b.settled()
}

// reload loads the page anew, as F5 would. The page is left although it may ask.
func (b *browser) reload() {
	b.t.Helper()
	b.do("reload", chromedp.Reload())
	b.settled()
}

// forget makes the browser one that has never been here: nobody is signed in.
func (b *browser) forget() {
	b.t.Helper()
	ask[bool](b, "localStorage.clear() || sessionStorage.clear() || true")
	b.open("/?" + strconv.Itoa(rand.Int()) + "#/sign-in") // another address, for the page itself to be loaded anew
	b.settled()
}
