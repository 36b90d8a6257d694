package e2e

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
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
	// asked is how often the browser has asked whether to leave a page with changes; it is always told yes.
	asked int
	// place is the page that the test has gone to.
	place string
	// expected are parts of complaints that a test provokes: a refused sign-in is an error on the console too.
	expected []string
}

// openBrowser opens a tab with storage and a cache of its own, or skips the test where there is no Chromium.
func (w *world) openBrowser(v viewport) *browser {
	w.t.Helper()
	shared, err := chromiums.in(w.t, v.language)
	if err != nil {
		w.t.Fatal(err)
	}
	w.sharePacked()
	b := &browser{t: w.t, base: w.nobody.base}
	until, _ := w.ctx.Deadline()
	limited, cancel := context.WithDeadlineCause(shared, until, errTestTook)
	w.t.Cleanup(cancel)
	b.ctx, cancel = chromedp.NewContext(limited, chromedp.WithNewBrowserContext(), chromedp.WithNewWindow(true), chromedp.WithListener(b.listen))
	w.t.Cleanup(cancel)
	b.do("open the browser",
		call(log.Enable, cdp.Empty{}),
		call(audits.Enable, cdp.Empty{}),
		call(runtime.Enable, cdp.Empty{}),
		// Every tab behaves as if it were the one that a person has in front.
		call(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
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
	case *page.EventJavascriptDialogOpening:
		// The browser's own question before a page with changes is left: the only one that Gonets lets it ask.
		b.mu.Lock()
		b.asked++
		b.mu.Unlock()
		// An answer waits for the browser, which waits for this listener.
		go func() {
			_ = chromedp.Do(b.ctx, call(page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}))
		}()
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
	b.complaints = append(b.complaints, "on "+b.place+": "+what)
}

// isAt notes where complaints come from.
func (b *browser) isAt(place string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.place = place
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
	err := chromedp.Do(b.ctx, actions...)
	for err != nil && b.ctx.Err() == nil && strings.Contains(err.Error(), "Cannot find context") {
		// The document before was still there when the action began: nothing was done.
		err = chromedp.Do(b.ctx, actions...)
	}
	if err != nil {
		b.screenshot("failed-" + strings.ReplaceAll(b.t.Name(), "/", "-"))
		b.t.Fatalf("could not %s: %v\non the page: %s", what, err, ends(b.text("body")))
	}
}

// open goes to a page of the UI: "/" or "/#/mailings".
func (b *browser) open(path string) {
	b.t.Helper()
	b.isAt(path)
	b.do("open "+path, chromedp.Navigate(b.base+path))
}
