// Package plaintext converts between HTML and plain text, for the two forms that every e-mail has.
package plaintext

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// FromHTML converts HTML to text: paragraphs, headings, lists, quotes and table rows keep their lines, a link becomes
// "text (url)", an image becomes its alt. It reads the document token by token, so that broken or deeply nested HTML
// takes no more work than any other.
func FromHTML(document string) string {
	w := writer{hiding: newHiding(document)}
	z := html.NewTokenizer(strings.NewReader(document))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return w.finish()
		case html.TextToken:
			w.text(string(z.Text()))
		case html.StartTagToken:
			t := z.Token()
			w.start(t, false)
		case html.SelfClosingTagToken:
			t := z.Token()
			w.start(t, true)
		case html.EndTagToken:
			w.end(z.Token().Data)
		}
	}
}

// writer collects the text.
type writer struct {
	out     strings.Builder
	started bool // something was written
	breaks  int  // line ends to write before the next text
	space   bool // whether to write a space before the next text
	isItem  bool // a list mark was just written: nothing comes between it and its text

	lists  []listLevel
	quotes int // how many are open
	quoted int // how many were open when something was last written
	pre    int
	links  []link

	hiding hiding
}

// maxOpenLinks is how many links may be open inside each other and still show their URL. HTML has no links in links,
// and for each of them the text inside is read once.
const maxOpenLinks = 8

type listLevel struct {
	ordered bool
	number  int
}

type link struct {
	url  string
	from int // length of out where it began
}

var (
	voidElements = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
	// paragraphs have an empty line before and after them, lines do not.
	paragraphs = []string{"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "table", "figure"}
	lines      = []string{"div", "section", "article", "header", "footer", "main", "nav", "aside", "center", "address", "tr", "dt", "dd", "figcaption", "form", "caption", "fieldset"}
)

func (w *writer) start(t html.Token, closed bool) {
	name := t.Data
	void := closed || slices.Contains(voidElements, name)
	if w.hiding.start(t, void) {
		return
	}
	switch {
	case name == "br":
		w.breaks = min(2, w.breaks+1)
		w.space = false
	case name == "hr":
		w.block(2)
		w.write("---")
		w.block(2)
	case name == "img":
		w.text(attribute(t, "alt"))
	case name == "td" || name == "th":
		w.space = true
	case name == "a" && !void:
		l := link{attribute(t, "href"), w.out.Len()}
		if len(w.links) >= maxOpenLinks {
			l.url = ""
		}
		w.links = append(w.links, l)
	case name == "li":
		w.item()
	case name == "ul" || name == "ol":
		w.block(w.listGap())
		n, err := strconv.Atoi(attribute(t, "start"))
		if err != nil {
			n = 1
		}
		w.lists = append(w.lists, listLevel{name == "ol", n})
	case name == "blockquote":
		w.block(2)
		w.quotes++
	case name == "pre":
		w.block(2)
		w.pre++
	case slices.Contains(paragraphs, name):
		w.block(2)
	case slices.Contains(lines, name):
		w.block(1)
	}
}

func (w *writer) end(name string) {
	if w.hiding.end(name) {
		return
	}
	switch {
	case name == "a":
		w.endLink()
	case name == "ul" || name == "ol":
		if n := len(w.lists); n > 0 {
			w.lists = w.lists[:n-1]
		}
		w.block(w.listGap())
	case name == "blockquote":
		w.block(2)
		w.quotes = max(0, w.quotes-1)
	case name == "pre":
		w.block(2)
		w.pre = max(0, w.pre-1)
	case slices.Contains(paragraphs, name):
		w.block(2)
	case slices.Contains(lines, name) || name == "li":
		w.block(1)
	}
}

// listGap is the number of line ends around a list, which is one for a list inside another list.
func (w *writer) listGap() int {
	if len(w.lists) > 0 {
		return 1
	}
	return 2
}

// block requests line ends before the next text.
func (w *writer) block(breaks int) {
	w.breaks = max(w.breaks, breaks)
	w.space = false
}

// item begins a list item.
func (w *writer) item() {
	w.block(1)
	w.isItem = false
	mark := "- "
	if n := len(w.lists); n > 0 && w.lists[n-1].ordered {
		mark = strconv.Itoa(w.lists[n-1].number) + ". "
		w.lists[n-1].number++
	}
	w.write(strings.Repeat("  ", max(0, min(8, len(w.lists))-1)) + mark)
	w.isItem = true
}

// endLink adds the URL behind the text of a link, unless the text is the URL.
func (w *writer) endLink() {
	n := len(w.links)
	if n == 0 {
		return
	}
	l := w.links[n-1]
	w.links = w.links[:n-1]
	url := strings.TrimSpace(l.url)
	if url == "" || strings.HasPrefix(url, "#") {
		return
	}
	text := strings.TrimSpace(w.out.String()[l.from:])
	switch bare := strings.TrimPrefix(strings.TrimPrefix(url, "mailto:"), "tel:"); {
	case text == bare || text == url || "https://"+text == url || "http://"+text == url:
	case text == "":
		w.text(bare)
	default:
		w.space = false
		w.write(" (" + bare + ")")
	}
}

// text adds text of the HTML.
func (w *writer) text(s string) {
	if w.hiding.by != "" {
		return
	}
	if w.pre > 0 {
		for i, line := range strings.Split(strings.Trim(s, "\n"), "\n") {
			if i > 0 {
				w.breaks = 1
			}
			w.write(line)
		}
		return
	}
	s = strings.Map(withoutFiller, s)
	for s != "" {
		rest := strings.TrimLeftFunc(s, unicode.IsSpace)
		w.space = w.space || len(rest) < len(s)
		end := strings.IndexFunc(rest, unicode.IsSpace)
		if end < 0 {
			end = len(rest)
		}
		if end > 0 {
			w.write(rest[:end])
		}
		s = rest[end:]
	}
}

// withoutFiller removes the invisible characters that e-mails use to fill the preview line.
func withoutFiller(r rune) rune {
	switch r {
	case '\u00ad', '\u034f', '\u200b', '\u200c', '\u2060', '\ufeff':
		return -1
	}
	return r
}

// write adds a word, after the requested line ends or space.
func (w *writer) write(s string) {
	quote := strings.Repeat("> ", min(8, w.quotes))
	gap := strings.TrimRight(quote[:min(len(quote), 2*w.quoted)], " ")
	switch {
	case w.isItem:
	case !w.started:
		w.out.WriteString(quote)
	case w.breaks > 0:
		w.out.WriteByte('\n')
		for range w.breaks - 1 {
			w.out.WriteString(gap)
			w.out.WriteByte('\n')
		}
		w.out.WriteString(quote)
	case w.space:
		w.out.WriteByte(' ')
	}
	w.out.WriteString(s)
	w.started, w.isItem, w.breaks, w.space, w.quoted = true, false, 0, false, w.quotes
}

func (w *writer) finish() string { return w.out.String() + "\n" }

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
