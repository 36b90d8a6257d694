package plaintext

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// hiding knows, token by token, whether a reader sees what comes next. It does not know selectors of style sheets beyond
// single classes.
type hiding struct {
	classes []string       // that a style sheet hides
	by      string         // the name of the element that hides its content, "" = none
	inside  map[string]int // open elements by name, from that element on
	around  map[string]int // open elements outside of it, those of containers
}

func newHiding(document string) hiding {
	return hiding{classes: hiddenClasses(document), inside: map[string]int{}, around: map[string]int{}}
}

var hidingElements = []string{"head", "script", "style", "title", "noscript", "template", "svg", "math", "object", "select"}

// containers are the elements whose end also ends what is still open in them (HTML Standard § 13.2.6.4.7).
var containers = []string{
	"div", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "ul", "ol", "li", "dl", "dd", "dt", "section", "article",
	"main", "nav", "aside", "header", "footer", "center", "blockquote", "form", "fieldset", "figure", "body", "html",
}

// start reports whether the content of a start tag is hidden, the tag itself included.
func (h *hiding) start(t html.Token, isVoid bool) bool {
	name := t.Data
	if h.by != "" && !h.endedBy(name) {
		if !isVoid {
			h.inside[name]++
		}
		return true
	}
	h.by = ""
	if !isVoid && (slices.Contains(hidingElements, name) || h.isHidden(t)) {
		h.by = name
		clear(h.inside)
		h.inside[name] = 1
		return true
	}
	if !isVoid && slices.Contains(containers, name) {
		h.around[name]++
	}
	return false
}

// end reports whether an end tag belongs to what is hidden.
func (h *hiding) end(name string) bool {
	if h.by != "" && h.inside[name] > 0 {
		if h.inside[name]--; name == h.by && h.inside[name] == 0 {
			h.by = ""
		}
		return true
	}
	isContainer := slices.Contains(containers, name) && h.around[name] > 0
	if h.by != "" && !isContainer {
		return true
	}
	h.by = ""
	if isContainer {
		h.around[name]--
	}
	return false
}

// endedBy reports whether a start tag ends the element that hides its content: its end tag may be left out (HTML Standard
// § 13.1.2.4).
func (h *hiding) endedBy(name string) bool {
	switch h.by {
	case "p":
		return slices.Contains(paragraphs, name) || slices.Contains(lines, name) || slices.Contains([]string{"hr", "li", "details", "hgroup", "menu", "search"}, name)
	case "li":
		return name == "li" && h.inside["ul"]+h.inside["ol"] == 0
	case "dt", "dd":
		return (name == "dt" || name == "dd") && h.inside["dl"] == 0
	case "td", "th":
		return slices.Contains([]string{"td", "th", "tr", "tbody", "thead", "tfoot"}, name) && h.inside["table"] == 0
	case "tr":
		return slices.Contains([]string{"tr", "tbody", "thead", "tfoot"}, name) && h.inside["table"] == 0
	case "head":
		return name == "body"
	}
	return false
}

// isHidden reports whether an element is not shown, like the preview text of many e-mails. What only Outlook hides
// (mso-hide) is shown to everybody else.
func (h *hiding) isHidden(t html.Token) bool {
	for _, a := range t.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			if hides(a.Val) {
				return true
			}
		case "class":
			if len(h.classes) > 0 && slices.ContainsFunc(strings.Fields(a.Val), func(class string) bool { return slices.Contains(h.classes, class) }) {
				return true
			}
		}
	}
	return false
}

var noHeight = regexp.MustCompile(`(^|;)(max-)?height:0(px|em|rem|%)?(;|!|$)`)

// hides reports whether declarations of a style hide an element and everything in it.
func hides(style string) bool {
	style = strings.ToLower(strings.Join(strings.Fields(style), ""))
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") ||
		strings.Contains(style, "overflow:hidden") && noHeight.MatchString(style)
}

var (
	comments  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	ofAClass  = regexp.MustCompile(`([^{}]*)\{([^{}]*)\}`)
	className = regexp.MustCompile(`^[a-zA-Z]*\.([\w-]+)$`)
)

// maxHiddenClasses is how many classes of a document are known as hidden, so that the work for each element is bounded.
const maxHiddenClasses = 50

// hiddenClasses are the classes that the style sheets of a document hide on every screen: rules inside @media are for some
// of them only.
func hiddenClasses(document string) (classes []string) {
	if !strings.Contains(document, "<style") && !strings.Contains(document, "<STYLE") {
		return nil
	}
	z := html.NewTokenizer(strings.NewReader(document))
	inStyle := false
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return classes
		case html.StartTagToken, html.EndTagToken:
			name, _ := z.TagName()
			inStyle = kind == html.StartTagToken && string(name) == "style"
		case html.TextToken:
			if !inStyle {
				continue
			}
			for _, rule := range ofAClass.FindAllStringSubmatch(withoutAtRules(comments.ReplaceAllString(string(z.Raw()), "")), -1) {
				if !hides(rule[2]) {
					continue
				}
				for selector := range strings.SplitSeq(rule[1], ",") {
					if found := className.FindStringSubmatch(strings.TrimSpace(selector)); found != nil && len(classes) < maxHiddenClasses {
						classes = append(classes, found[1])
					}
				}
			}
		}
	}
}

// withoutAtRules removes @media {…} and the like from a style sheet.
func withoutAtRules(sheet string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(sheet, '@')
		if at < 0 {
			b.WriteString(sheet)
			return b.String()
		}
		b.WriteString(sheet[:at])
		depth, end := 0, len(sheet)
		for i := at; i < len(sheet); i++ {
			if sheet[i] == '{' {
				depth++
			} else if sheet[i] == '}' {
				depth--
			}
			if (sheet[i] == '}' || sheet[i] == ';') && depth <= 0 {
				end = i + 1
				break
			}
		}
		sheet = sheet[end:]
	}
}
