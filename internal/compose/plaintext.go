package compose

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// plainText turns HTML into text for the text alternative: paragraphs, headings, lists, quotes and
// table rows keep their lines, a link reads "text (url)", an image reads as its alt. It takes the
// document token by token, so that broken or deeply nested HTML costs no more than any other.
func plainText(document string) string {
	p := plainWriter{}
	z := html.NewTokenizer(strings.NewReader(document))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return p.finish()
		case html.TextToken:
			p.text(string(z.Text()))
		case html.StartTagToken:
			t := z.Token()
			p.start(t, false)
		case html.SelfClosingTagToken:
			t := z.Token()
			p.start(t, true)
		case html.EndTagToken:
			p.end(z.Token().Data)
		}
	}
}

// plainWriter collects the text.
type plainWriter struct {
	out     strings.Builder
	started bool // something is in out
	breaks  int  // line ends wanted before the next text
	space   bool // a space is wanted before the next text
	fresh   bool // a list mark was just written: nothing comes between it and its text

	lists  []listLevel
	quotes int // how many are open
	quoted int // how many were open when something was last written
	pre    int
	links  []link

	hiddenBy string // name of the element that hides its content, "" = none
	hidden   int    // how many of that name are open
}

// maxOpenLinks is how many links may be open in each other and still show their URL. HTML knows no links in
// links; each one goes once through the text in it.
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
	hidingElements = []string{"head", "script", "style", "title", "noscript", "template", "svg", "math", "object", "select"}
	voidElements   = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
	// paragraphs have an empty line around them, lines do not.
	paragraphs = []string{"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "table", "figure"}
	lines      = []string{"div", "section", "article", "header", "footer", "main", "nav", "aside", "center", "address", "tr", "dt", "dd", "figcaption", "form", "caption", "fieldset"}
)

func (p *plainWriter) start(t html.Token, closed bool) {
	name := t.Data
	void := closed || slices.Contains(voidElements, name)
	if p.hiddenBy != "" {
		if name == p.hiddenBy && !void {
			p.hidden++
		}
		return
	}
	if !void && (slices.Contains(hidingElements, name) || hides(t)) {
		p.hiddenBy, p.hidden = name, 1
		return
	}
	switch {
	case name == "br":
		p.breaks = min(2, p.breaks+1)
		p.space = false
	case name == "hr":
		p.block(2)
		p.write("---")
		p.block(2)
	case name == "img":
		p.text(attributeOf(t, "alt"))
	case name == "td" || name == "th":
		p.space = true
	case name == "a" && !void:
		l := link{attributeOf(t, "href"), p.out.Len()}
		if len(p.links) >= maxOpenLinks {
			l.url = ""
		}
		p.links = append(p.links, l)
	case name == "li":
		p.item()
	case name == "ul" || name == "ol":
		p.block(p.listGap())
		n, err := strconv.Atoi(attributeOf(t, "start"))
		if err != nil {
			n = 1
		}
		p.lists = append(p.lists, listLevel{name == "ol", n})
	case name == "blockquote":
		p.block(2)
		p.quotes++
	case name == "pre":
		p.block(2)
		p.pre++
	case slices.Contains(paragraphs, name):
		p.block(2)
	case slices.Contains(lines, name):
		p.block(1)
	}
}

func (p *plainWriter) end(name string) {
	if p.hiddenBy != "" {
		if name == p.hiddenBy {
			if p.hidden--; p.hidden == 0 {
				p.hiddenBy = ""
			}
		}
		return
	}
	switch {
	case name == "a":
		p.endLink()
	case name == "ul" || name == "ol":
		if n := len(p.lists); n > 0 {
			p.lists = p.lists[:n-1]
		}
		p.block(p.listGap())
	case name == "blockquote":
		p.block(2)
		p.quotes = max(0, p.quotes-1)
	case name == "pre":
		p.block(2)
		p.pre = max(0, p.pre-1)
	case slices.Contains(paragraphs, name):
		p.block(2)
	case slices.Contains(lines, name) || name == "li":
		p.block(1)
	}
}

// listGap is the number of line ends around a list: one inside another list.
func (p *plainWriter) listGap() int {
	if len(p.lists) > 0 {
		return 1
	}
	return 2
}

// block asks for line ends before whatever comes next.
func (p *plainWriter) block(breaks int) {
	p.breaks = max(p.breaks, breaks)
	p.space = false
}

// item begins a list item.
func (p *plainWriter) item() {
	p.block(1)
	p.fresh = false
	mark := "- "
	if n := len(p.lists); n > 0 && p.lists[n-1].ordered {
		mark = strconv.Itoa(p.lists[n-1].number) + ". "
		p.lists[n-1].number++
	}
	p.write(strings.Repeat("  ", max(0, min(8, len(p.lists))-1)) + mark)
	p.fresh = true
}

// endLink adds the URL behind the text of a link, unless the text is the URL.
func (p *plainWriter) endLink() {
	n := len(p.links)
	if n == 0 {
		return
	}
	l := p.links[n-1]
	p.links = p.links[:n-1]
	url := strings.TrimSpace(l.url)
	if url == "" || strings.HasPrefix(url, "#") {
		return
	}
	shown := strings.TrimSpace(p.out.String()[l.from:])
	switch bare := strings.TrimPrefix(strings.TrimPrefix(url, "mailto:"), "tel:"); {
	case shown == bare || shown == url || "https://"+shown == url || "http://"+shown == url:
	case shown == "":
		p.text(bare)
	default:
		p.space = false
		p.write(" (" + bare + ")")
	}
}

// text adds text as it stands in the HTML.
func (p *plainWriter) text(s string) {
	if p.hiddenBy != "" {
		return
	}
	if p.pre > 0 {
		for i, line := range strings.Split(strings.Trim(s, "\n"), "\n") {
			if i > 0 {
				p.breaks = 1
			}
			p.write(line)
		}
		return
	}
	s = strings.Map(visible, s)
	for s != "" {
		rest := strings.TrimLeftFunc(s, unicode.IsSpace)
		p.space = p.space || len(rest) < len(s)
		end := strings.IndexFunc(rest, unicode.IsSpace)
		if end < 0 {
			end = len(rest)
		}
		if end > 0 {
			p.write(rest[:end])
		}
		s = rest[end:]
	}
}

// visible drops the invisible characters that letters use to fill the preview line.
func visible(r rune) rune {
	switch r {
	case '\u00ad', '\u034f', '\u200b', '\u200c', '\u2060', '\ufeff':
		return -1
	}
	return r
}

// write adds a word, with the line ends or the space that are wanted before it.
func (p *plainWriter) write(s string) {
	quote := strings.Repeat("> ", min(8, p.quotes))
	gap := strings.TrimRight(quote[:min(len(quote), 2*p.quoted)], " ")
	switch {
	case p.fresh:
	case !p.started:
		p.out.WriteString(quote)
	case p.breaks > 0:
		p.out.WriteByte('\n')
		for range p.breaks - 1 {
			p.out.WriteString(gap)
			p.out.WriteByte('\n')
		}
		p.out.WriteString(quote)
	case p.space:
		p.out.WriteByte(' ')
	}
	p.out.WriteString(s)
	p.started, p.fresh, p.breaks, p.space, p.quoted = true, false, 0, false, p.quotes
}

func (p *plainWriter) finish() string { return p.out.String() + "\n" }

// hides reports whether an element is not shown, like the preview text of many letters.
func hides(t html.Token) bool {
	style := strings.ToLower(strings.ReplaceAll(attributeOf(t, "style"), " ", ""))
	if strings.Contains(style, "display:none") || strings.Contains(style, "mso-hide:all") {
		return true
	}
	return slices.ContainsFunc(t.Attr, func(a html.Attribute) bool { return a.Key == "hidden" })
}

func attributeOf(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
