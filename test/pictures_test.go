package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// pictures is set to a folder to have the pictures of the READMEs and docs made anew from a demo:
//
//	GONETS_PICTURES=docs/images go test ./test -run TestPictures -v
const pictures = "GONETS_PICTURES"

// photographer is one of the demo's owners, looking at what is theirs.
type photographer struct {
	language, email string
	suffix          string // of the files
	mailing         string // what is on its way while the pictures are taken
	message         string // a part of the name of the message that it sends, and that is seen in the editor
}

func TestPictures(t *testing.T) {
	folder := os.Getenv(pictures)
	if folder == "" {
		t.Skip("set " + pictures + " to a folder to have the pictures of the documentation made")
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join("..", folder)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	w := newDemo(t, 5*time.Minute)
	accounts := w.printed()
	w.root = w.enter(accounts["superuser"])
	slow := w.slowSender()
	for _, p := range []photographer{
		{language: "en", email: "olivia@brandt.example", mailing: "Books for the holidays", message: "Ten books"},
		{language: "ru", email: "anna@kofeynya.example", suffix: "-ru", mailing: "Эфиопия снова в продаже", message: "Новый сорт"},
	} {
		t.Run(p.language, func(t *testing.T) {
			w := w.in(t)
			w.root = w.root.in(t)
			w.take(p, slow, accounts["owner"].password, folder)
		})
	}
}

// slowSender sends through the demo's mail server, slowly enough to be looked at.
func (w *world) slowSender() string {
	w.t.Helper()
	var settings struct {
		SMTP struct {
			Host string
			Port int
		}
	}
	w.root.get("/api/settings").want(200).into(&settings)
	return w.root.post("/api/collections/senders/records", object{
		"name": "News", "from_email": "news@gonets.example", "from_name": "Gonets",
		"host": settings.SMTP.Host, "port": settings.SMTP.Port, "tls": "none", "rate_per_second": 14,
	}).want(200).id()
}

// take takes all pictures of one owner.
func (w *world) take(p photographer, sender, password, folder string) {
	w.t.Helper()
	owner := w.enter(account{role: "owner", email: p.email, password: password})
	message := owner.newest("messages", `name~"`+p.message+`"`)
	id := owner.mailing(message, object{"name": p.mailing, "audience": "everyone", "sender": sender})

	b := w.openBrowser(desktop.in(p.language))
	b.inDetail()
	b.signIn(p.email, password)
	b.goTo("/clients")
	b.picture(folder, "clients"+p.suffix)
	b.goTo("/messages/" + message)
	b.settledFrames()
	b.picture(folder, "editor"+p.suffix)

	owner.verb(id, "send", nil).want(202)
	b.goTo("/")
	b.told()
	eventually(w.ctx, w.t, "the mailing is half through", func() bool {
		m := owner.read(id)
		return 2*(m.Sent+m.Failed+m.Skipped) > m.Total
	})
	b.picture(folder, "home"+p.suffix)
	b.lookAs(desktop.in(p.language).inTheDark())
	b.inDetail()
	b.picture(folder, "home-dark"+p.suffix)
	b.lookAs(desktop.in(p.language))
	b.inDetail()
	b.goTo("/mailings/" + id)
	b.told()
	b.picture(folder, "mailing"+p.suffix)
	owner.verb(id, "cancel", nil).want(200)
}

// inDetail makes the page as large as a picture and twice as fine.
func (b *browser) inDetail() {
	b.t.Helper()
	b.do("set the size", call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: 1280, Height: 800, DeviceScaleFactor: 2,
	}))
}

// away moves the mouse where nothing lights up under it.
func (b *browser) away() chromedp.Action[chromedp.Void] {
	return call(input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: 640, Y: 4})
}

// told waits until the server has told how fast a mailing goes.
func (b *browser) told() {
	b.t.Helper()
	b.do("see the speed", waits(`() => /\d/.test(document.querySelector('.live .facts dd')?.innerText ?? '')`))
}

// settledFrames waits until the messages shown on the page are drawn.
func (b *browser) settledFrames() {
	b.t.Helper()
	b.do("see the message", waits(`() => (document.querySelector('iframe[srcdoc]')?.srcdoc.length ?? 0) > 500`))
	b.painted()
}

// picture keeps what is seen of the page, small enough for a repository.
func (b *browser) picture(folder, name string) {
	b.t.Helper()
	b.do("move the mouse away", b.away())
	b.painted()
	const most = 200_000 // bytes
	for quality := int64(88); ; quality -= 6 {
		shot, err := chromedp.Run(b.ctx, capture(quality))
		if err != nil {
			b.t.Fatalf("could not take the picture %s: %v", name, err)
		}
		if len(shot.Data) > most && quality > 40 {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, name+".webp"), shot.Data, 0o644); err != nil {
			b.t.Fatal(err)
		}
		b.t.Logf("%s: %d bytes at quality %d", name, len(shot.Data), quality)
		return
	}
}

// capture is what is seen of the page, as WebP.
func capture(quality int64) chromedp.Action[page.CaptureScreenshotResult] {
	return func(ctx context.Context, t *chromedp.Target) (page.CaptureScreenshotResult, error) {
		return cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality})
	}
}
