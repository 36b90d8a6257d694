package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	_ "embed"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/site"
	"gonets/internal/address"
	"gonets/internal/brand"
	"gonets/internal/preference"
	"gonets/internal/readertext"
	"gonets/internal/suppression"
)

//go:embed reader/page.html
var pageHTML string

//go:embed reader/page.css
var pageCSS string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// readerPage is a page for readers.
type readerPage struct {
	Language string
	Title    string
	Mark     string // "", done or lost
	Text     [][]run
	Said     string // a sentence about what was done, or could not be
	Choices  []button
	Settings *settings // nil = none
	Pause    *pause    // nil = none
	Why      *why      // nil = none
	OwnData  *ownData  // nil = none
	Archive  *archived // nil = none
	Indexed  bool      // search engines may list the page
	Home     string    // the words of a link to the web UI; "" where there is none
	App      string
	Brand    brand.Brand
}

// run is a piece of a sentence.
type run struct {
	Words  string
	Strong bool
}

// button is one choice.
type button struct {
	Value   string
	Words   string
	Primary bool
}

// Style is the style sheet.
func (p readerPage) Style() template.CSS { return StyleSheet(p.Brand) }

// StyleSheet is the style sheet of pages for readers, with the colour of the brand. It is trusted: a colour has only digits and
// letters.
func StyleSheet(b brand.Brand) template.CSS {
	css := pageCSS
	if brand.IsColour(b.Colour) {
		css += ":root { --brand: " + b.Colour + "; --brand-ink: " + b.Ink() + "; }\n"
	}
	return template.CSS(css)
}

// policy lets the page have its own style sheet, a logo and pictures of this instance, and send its own forms, and nothing else: no
// script, no frame around it.
func (p readerPage) policy() string {
	hash := sha256.Sum256([]byte(p.Style()))
	return "default-src 'none'; img-src 'self'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; " +
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}

// stateOf is the page for the state of the subscription.
func stateOf(r *preference.Reader, t *readertext.Text) readerPage {
	w, o := t.OptOut, r.OptOut
	email, left, stays := strongRun(address.Written(o.Email)), listNames(o, t, true), listNames(o, t, false)
	undo := button{Value: "undo", Words: w.Undo}
	everything := button{Value: "everything", Words: w.Everything}
	from := senderOf(r, t)

	p := readerPage{Language: t.Code}
	switch {
	case o.Stopped:
		p.Mark, p.Title = "done", w.Stopped.Title
		p.Text = [][]run{phrase(w.Stopped.Text, email, from)}
		if o.Undoable {
			p.Choices = []button{undo}
			p.Why = whyOf(r, t)
		}
		return p
	case !o.PausedUntil.IsZero():
		p.Mark, p.Title = "done", t.Preferences.Paused.Title
		p.Text = [][]run{phrase(t.Preferences.Paused.Text, email, strongRun(t.Day(o.PausedUntil)))}
		p.Choices = []button{{Value: "resume", Words: t.Preferences.Resume, Primary: true}, everything}
	case len(o.Lists) > 0 && len(stays) == 0:
		p.Mark, p.Title = "done", w.Left.Title
		p.Text = [][]run{phrase(w.Left.Text, email, left), {{Words: w.LeftMore}}}
		p.Choices = []button{undo, everything}
		p.Why = whyOf(r, t)
	default:
		p.Title = w.Ask.Title
		p.Text = [][]run{phrase(w.Ask.Text, email, from)}
		everything.Primary, everything.Words = true, w.Unsubscribe
		p.Choices = []button{everything}
		if len(stays) > 0 {
			everything.Primary, everything.Words = false, w.Everything
			p.Choices = []button{{Value: "list", Words: w.ThisList + join(stays), Primary: true}, everything}
		}
		p.Pause = pauseOf(t)
	}
	p.Settings = settingsOf(r, t)
	return p
}

// senderOf is the name of who sent the e-mail.
func senderOf(r *preference.Reader, t *readertext.Text) []run {
	if r.Sender != "" {
		return strongRun(r.Sender)
	}
	return plainRun(t.OptOut.AnySender)
}

// restored changes the page to that of somebody who has just subscribed again.
func (p readerPage) restored(r *preference.Reader, t *readertext.Text) readerPage {
	if p.Mark != "" {
		return p
	}
	p.Mark, p.Title = "done", t.OptOut.Restored.Title
	p.Text = [][]run{phrase(t.OptOut.Restored.Text, strongRun(address.Written(r.Email)), senderOf(r, t))}
	return p
}

// listNames are the names of the lists that the person has left, or is on. Names of lists that are not public are not shown.
func listNames(o *suppression.OptOut, t *readertext.Text, left bool) []run {
	var names []string
	hidden := false
	for _, l := range o.Lists {
		switch {
		case l.Left != left:
		case l.Public:
			names = append(names, t.Quote(l.Name))
		default:
			hidden = true
		}
	}
	if hidden || len(names) == 0 {
		if !hidden {
			return nil
		}
		return plainRun(t.OptOut.OneList)
	}
	return strongRun(strings.Join(names, ", "))
}

func strongRun(s string) []run { return []run{{Words: s, Strong: true}} }

func plainRun(s string) []run { return []run{{Words: s}} }

func join(runs []run) string {
	var s strings.Builder
	for _, r := range runs {
		s.WriteString(r.Words)
	}
	return s.String()
}

// phrase puts the runs in place of the %s of a pattern.
func phrase(pattern string, with ...[]run) []run {
	var all []run
	for i, piece := range strings.Split(pattern, "%s") {
		if i > 0 && i <= len(with) {
			all = append(all, with[i-1]...)
		}
		if piece != "" {
			all = append(all, run{Words: piece})
		}
	}
	return all
}

// noticePage says no more than a notice, such as why a link does not work.
func noticePage(status int, t *readertext.Text, n readertext.Notice) readerPage {
	p := readerPage{Language: t.Code, Title: n.Title, Text: [][]run{plainRun(n.Text)}}
	if status >= http.StatusBadRequest {
		p.Mark = "lost"
	}
	return p
}

// showNotice answers a page that says no more than a notice.
func showNotice(e *core.RequestEvent, status int, t *readertext.Text, n readertext.Notice) error {
	return showPage(e, status, noticePage(status, t, n))
}

// retryPage is after how many seconds to open a page again that cannot be shown now.
const retryPage = "60"

// showPage answers the page. No cache may store it, because it shows the current state. Its address holds a token, which no
// other site may learn; ours may: without a referrer a browser sends the form with "Origin: null", as of another site.
func showPage(e *core.RequestEvent, status int, p readerPage) error {
	header := e.Response.Header()
	site.SetPageHeaders(header, p.policy(), "same-origin")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Robots-Tag", "noindex, nofollow")
	header.Set("Content-Language", p.Language)
	header.Add("Vary", "Accept-Language")
	if header.Get("Retry-After") == "" && (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) {
		header.Set("Retry-After", retryPage)
	}
	return renderPage(e, status, p)
}

// renderPage writes the page and leaves the headers to the caller.
func renderPage(e *core.RequestEvent, status int, p readerPage) error {
	body, err := p.render(e.App)
	if err != nil {
		return err
	}
	return e.HTML(status, string(body))
}

// render is the HTML of the page.
func (p readerPage) render(app core.App) ([]byte, error) {
	p.App = app.Settings().Meta.AppName
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, p); err != nil {
		return nil, fmt.Errorf("write a page for readers: %w", err)
	}
	return body.Bytes(), nil
}
