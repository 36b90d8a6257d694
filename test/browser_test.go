package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is a real Chromium with one tab. Whatever it complains about (an error on the console, an uncaught
// exception, a violated content security policy) fails the test at its end.
type browser struct {
	t    *testing.T
	ctx  context.Context
	base string

	mu         sync.Mutex
	complaints []string
	// expected are parts of complaints that a test provokes: a refused sign-in is an error on the console too.
	expected []string
}

// requireAll is set where everything must run: there, a missing browser is a failure and not a skip.
const requireAll = "GONETS_REQUIRE_ALL"

// viewport is what a page is looked at with.
type viewport struct {
	width, height int64
	phone         bool
	dark          bool
	language      string // "en" or "ru"
}

var desktop = viewport{width: 1280, height: 900, language: "en"}

// openBrowser starts Chromium, or skips the test where there is none.
func (w *world) openBrowser(v viewport) *browser {
	w.t.Helper()
	path := chromium(w.t)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", v.language),
		chromedp.Flag("accept-lang", v.language),
		chromedp.Env("LANGUAGE="+v.language),
		chromedp.UserDataDir(w.t.TempDir()),
	)
	allocator, cancel := chromedp.NewExecAllocator(w.ctx, options...)
	w.t.Cleanup(cancel)
	b := &browser{t: w.t, base: w.nobody.base}
	b.ctx, cancel = chromedp.NewContext(allocator, chromedp.WithListener(b.listen))
	w.t.Cleanup(cancel)
	b.do("open the browser",
		call(log.Enable, cdp.Empty{}),
		call(audits.Enable, cdp.Empty{}),
		call(runtime.Enable, cdp.Empty{}),
	)
	b.lookAs(v)
	w.t.Cleanup(b.mustBeQuiet)
	return b
}

// lookAs changes what the page is looked at with.
func (b *browser) lookAs(v viewport) {
	b.t.Helper()
	scheme := "light"
	if v.dark {
		scheme = "dark"
	}
	b.do("set the viewport",
		call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: v.width, Height: v.height, DeviceScaleFactor: 1, Mobile: v.phone,
		}),
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"},
		}}),
		call(emulation.SetLocaleOverride, emulation.SetLocaleOverrideParams{Locale: v.language}),
	)
}

// call is the action of one command of the browser's protocol.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, command, params)
		return chromedp.Void{}, err
	}
}

// chromium finds the browser.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv(requireAll) != "" {
		t.Fatalf("no Chromium found, and %s is set", requireAll)
	}
	t.Skip("no Chromium found: install it to run the browser tests")
	return ""
}

// listen takes down what the page complains about.
func (b *browser) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.complain("exception: " + e.ExceptionDetails.Text + " " + said(e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var words []string
			for _, a := range e.Args {
				words = append(words, said(a))
			}
			b.complain("console: " + strings.Join(words, " "))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.complain(fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *audits.EventIssueAdded:
		if d := e.Issue.Details; d.ContentSecurityPolicyIssueDetails != nil {
			b.complain("content security policy: " + d.ContentSecurityPolicyIssueDetails.ViolatedDirective)
		}
	}
}

// said is a value of the page in words.
func said(o *runtime.RemoteObject) string {
	if o == nil {
		return ""
	}
	return strings.TrimSpace(string(o.Value) + " " + o.Description)
}

func (b *browser) complain(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, what)
}

// expect says that the test provokes complaints that contain this.
func (b *browser) expect(part string) { b.expected = append(b.expected, part) }

func (b *browser) mustBeQuiet() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, complaint := range b.complaints {
		if !b.provoked(complaint) {
			b.t.Error("the browser complains: ", complaint)
		}
	}
}

func (b *browser) provoked(complaint string) bool {
	for _, part := range b.expected {
		if strings.Contains(complaint, part) {
			return true
		}
	}
	return false
}

// do runs browser actions; what completes "could not …".
func (b *browser) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.screenshot("failed-" + strings.ReplaceAll(b.t.Name(), "/", "-"))
		b.t.Fatalf("could not %s: %v\non the page: %s", what, err, tail(b.text("body")))
	}
}

// open goes to a page of the UI: "/" or "/#/mailings".
func (b *browser) open(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.base+path))
}

// ask evaluates JavaScript on the page.
func ask[T any](b *browser, script string) T {
	b.t.Helper()
	answer, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
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

// settled waits until the page has a head and is not loading any more.
func (b *browser) settled() {
	b.t.Helper()
	b.do("see the page loaded", chromedp.Poll[chromedp.Void](
		`document.querySelector('main h1') && !document.querySelector('.skeleton, [aria-busy=true]') && document.fonts.status === 'loaded'`))
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

// see waits until the page shows a text.
func (b *browser) see(text string) {
	b.t.Helper()
	b.do("see "+text, chromedp.PollFunction[chromedp.Void](
		`wanted => document.body.innerText.replace(/\s+/g, ' ').toLowerCase().includes(wanted)`,
		chromedp.WithPollingArgs(strings.ToLower(text))))
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
				|| element.innerText || element.value || element.placeholder || '').replace(/\s+/g, ' ').trim().toLowerCase();
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
		return true;
	}`
	b.do(fmt.Sprintf("find %q among %s", name, kind), chromedp.PollFunction[chromedp.Void](mark, chromedp.WithPollingArgs(kind, name)))
	return "[data-found]"
}

// press clicks the button or link with this name.
func (b *browser) press(name string) {
	b.t.Helper()
	b.do("press "+name, chromedp.Click(b.find("button, a[href], summary, [role=menuitem], [role=tab]", name)))
}

// submit clicks the button with this name that ends a form or answers a question.
func (b *browser) submit(name string) {
	b.t.Helper()
	b.do("submit "+name, chromedp.Click(b.find("button[type=submit], button.primary, dialog[open] button", name)))
}

// fill types a value into the field with this label, in place of what is there.
func (b *browser) fill(label, value string) {
	b.t.Helper()
	field := b.find("input, textarea, [role=textbox]", label)
	b.do("fill "+label,
		chromedp.Focus(field),
		chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-found]').select?.()`),
		chromedp.SendKeys(field, value),
	)
}

// choose selects an option of the field with this label, or ticks the box or radio button with it.
func (b *browser) choose(label string) {
	b.t.Helper()
	b.do("choose "+label, chromedp.Click(b.find("input[type=checkbox], input[type=radio]", label)))
}

// screenshot keeps a picture of the whole page in test/screenshots, for looking at.
func (b *browser) screenshot(name string) {
	b.t.Helper()
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Logf("no screenshot %s: %v", name, err)
		return
	}
	if err := os.MkdirAll("screenshots", 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("screenshots", name+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
