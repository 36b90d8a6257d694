package e2e

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// requireAll is set where everything must run: there, a missing browser is a failure and not a skip.
const requireAll = "GONETS_REQUIRE_ALL"

// chromiums are the browsers of this run. Starting one takes longer than most tests, so they share one for each
// language: what a browser tells a site of its languages is settled when it starts.
var chromiums browsers

// anotherHost is a name of this machine that browsers do not trust without TLS, as they do 127.0.0.1.
const anotherHost = "news.example.test"

type browsers struct {
	mu      sync.Mutex
	started map[string]context.Context // by language
	stops   []func()
}

// in returns the context of the browser that speaks a language, or skips the test where there is no Chromium.
func (b *browsers) in(t *testing.T, language string) (context.Context, error) {
	t.Helper()
	path := chromium(t)
	b.mu.Lock()
	defer b.mu.Unlock()
	if ctx := b.started[language]; ctx != nil {
		return ctx, nil
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP "+anotherHost+" 127.0.0.1"),
		chromedp.Flag("lang", language),
		chromedp.Flag("accept-lang", language),
		chromedp.Env("LANGUAGE="+language),
		chromedp.UserDataDir(filepath.Join(scratch, "chromium-"+language)),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator)
	b.stops = append(b.stops, func() {
		patient, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		_ = chromedp.Cancel(patient) // it writes to its folder until it has ended
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		return nil, err
	}
	if b.started == nil {
		b.started = make(map[string]context.Context)
	}
	b.started[language] = ctx
	return ctx, nil
}

// sharePacked has the instance keep the compressed files of the web UI where all instances of this run do:
// compressing them takes seconds.
func (w *world) sharePacked() {
	w.t.Helper()
	shared := filepath.Join(scratch, "packed")
	if err := os.MkdirAll(shared, 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Symlink(shared, filepath.Join(w.data, "gonets.packed")); err != nil && !errors.Is(err, fs.ErrExist) {
		w.t.Fatal(err)
	}
}

// stop ends the browsers.
func (b *browsers) stop() {
	for _, stop := range b.stops {
		stop()
	}
}

// chromium finds the browser. The shell without windows is the same engine, takes a third less of the processor, and so
// comes first.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
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
