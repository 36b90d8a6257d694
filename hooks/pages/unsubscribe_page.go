package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"

	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/text/language"

	"gonets/hooks/site"
	"gonets/internal/address"
	"gonets/internal/suppression"
)

//go:embed unsubscribe/page.html
var unsubscribeHTML string

//go:embed unsubscribe/page.css
var unsubscribeCSS string

var unsubscribeTemplate = template.Must(template.New("unsubscribe").Parse(unsubscribeHTML))

// unsubscribePolicy lets the page have its own style sheet and send its own form, and nothing else: no
// script, no picture, no frame around it.
var unsubscribePolicy = func() string {
	hash := sha256.Sum256([]byte(unsubscribeCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; " +
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}()

// optOutPage is the page behind the unsubscribe link.
type optOutPage struct {
	Language string
	Title    string
	Mark     string // "", done or lost
	Text     [][]run
	Choices  []button
	Home     string // the words of a link to the web UI; "" where there is none
	App      string
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

// Style is the style sheet, which is trusted.
func (optOutPage) Style() template.CSS { return template.CSS(unsubscribeCSS) }

// stateOf is the page for the state of the subscription. restored: the person has just subscribed again.
func stateOf(o *suppression.OptOut, lang string, restored bool) optOutPage {
	w := unsubscribeWords[lang]
	email, left, stays := strongRun(address.Written(o.Email)), listNames(o, w, true), listNames(o, w, false)
	undo := button{Value: "undo", Words: w.undo}
	everything := button{Value: "everything", Words: w.everything}
	from := plainRun(w.anySender)
	if o.Sender != "" {
		from = strongRun(o.Sender)
	}

	p := optOutPage{Language: lang}
	switch {
	case o.Stopped:
		p.Mark, p.Title = "done", w.stoppedTitle
		p.Text = [][]run{phrase(w.stopped, email, from)}
		if o.Undoable {
			p.Choices = []button{undo}
		}
	case len(o.Lists) > 0 && len(stays) == 0:
		p.Mark, p.Title = "done", w.leftTitle
		p.Text = [][]run{phrase(w.left, email, left), {{Words: w.leftMore}}}
		p.Choices = []button{undo, everything}
	default:
		p.Title = w.askTitle
		p.Text = [][]run{phrase(w.ask, email, from)}
		everything.Primary, everything.Words = true, w.unsubscribe
		p.Choices = []button{everything}
		if len(stays) > 0 {
			everything.Primary, everything.Words = false, w.everything
			p.Choices = []button{{Value: "list", Words: w.thisList + join(stays), Primary: true}, everything}
		}
		if restored {
			p.Mark, p.Title = "done", w.restoredTitle
			p.Text = [][]run{phrase(w.restored, email, from)}
		}
	}
	return p
}

// listNames are the names of the lists that the person has left, or is on. Names of lists that are not public are not shown.
func listNames(o *suppression.OptOut, w unsubscribeText, left bool) []run {
	var names []string
	hidden := false
	for _, l := range o.Lists {
		switch {
		case l.Left != left:
		case l.Public:
			names = append(names, w.quote(l.Name))
		default:
			hidden = true
		}
	}
	if hidden || len(names) == 0 {
		if !hidden {
			return nil
		}
		return plainRun(w.oneList)
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

// previewPage is for the link of a preview or a test, which unsubscribes nobody.
func previewPage(lang string) optOutPage {
	w := unsubscribeWords[lang]
	return optOutPage{Language: lang, Title: w.trialTitle, Text: [][]run{{{Words: w.trial}}}}
}

// lostPage is for an invalid link.
func lostPage(lang string) optOutPage {
	w := unsubscribeWords[lang]
	return optOutPage{Language: lang, Mark: "lost", Title: w.lostTitle, Text: [][]run{{{Words: w.lost}}}}
}

// brokenPage is for an error of the server.
func brokenPage(lang string) optOutPage {
	w := unsubscribeWords[lang]
	return optOutPage{Language: lang, Mark: "lost", Title: w.brokenTitle, Text: [][]run{{{Words: w.broken}}}}
}

// pageLanguage is the first of ru and en that the browser asks for, else that of the mail, else English.
func pageLanguage(r *http.Request, mail string) string {
	tags, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	for _, tag := range tags {
		if base, _ := tag.Base(); base.String() == "ru" || base.String() == "en" {
			return base.String()
		}
	}
	if mail == "ru" {
		return mail
	}
	return "en"
}

// showPage answers the page. No cache may store it, because it shows the current state. Its address holds a token, which no
// other site may learn; ours may: without a referrer a browser sends the form with "Origin: null", as of another site.
func showPage(e *core.RequestEvent, status int, p optOutPage) error {
	header := e.Response.Header()
	site.SetPageHeaders(header, unsubscribePolicy, "same-origin")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Robots-Tag", "noindex, nofollow")
	header.Set("Content-Language", p.Language)
	header.Add("Vary", "Accept-Language")
	return renderPage(e, status, p)
}

// renderPage writes the page and leaves the headers to the caller.
func renderPage(e *core.RequestEvent, status int, p optOutPage) error {
	p.App = e.App.Settings().Meta.AppName
	var body bytes.Buffer
	if err := unsubscribeTemplate.Execute(&body, p); err != nil {
		return e.InternalServerError("", err)
	}
	return e.HTML(status, body.String())
}
