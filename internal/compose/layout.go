package compose

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"gonets/internal/footer"
	"gonets/internal/markdown"
	"gonets/internal/placeholder"
	"gonets/internal/plaintext"
	"gonets/internal/readertext"
	"gonets/internal/template"
)

// layout makes the two parts of a message from the skeleton of its body.
type layout struct {
	format   Format
	language string
	footer   footer.Footer
	place    placeholder.Prefix

	rightToLeft bool // the direction of its text
}

func newLayout(l Message, body *template.Template) (layout, error) {
	switch l.Format {
	case FormatHTML, FormatMarkdown, FormatText:
	default:
		return layout{}, fmt.Errorf("unknown format %q of the body", l.Format)
	}
	text, b := readertext.For(l.Language, nil, ""), l.Brand
	place := placeholder.New(l.Body, l.TextBody, b.Name, b.Address, b.Site)
	end := footer.Footer{Words: text.Footer, Brand: b, Unsubscribe: place.Of(slotUnsubscribe), OwnColors: l.Format != FormatHTML}
	return layout{l.Format, text.Code, end, place, isRightToLeft(body)}, nil
}

// body makes both parts from a path through the body's template.
func (l *layout) body(t *template.Template, path []byte, who traits) (*outcome, error) {
	if l.format == FormatText {
		return l.lines(t, path, who)
	}
	text, has := skeleton(t, path, l.place, who)
	content, err := l.toHTML(text, urlSlots(t, path))
	if err != nil {
		return nil, &template.Error{Field: t.Field, Line: 1, Detail: err.Error(), LimitExceeded: true}
	}
	document := l.complete(content, who, has)
	if len(document) > maxMail {
		return nil, tooLong(t.Field)
	}
	return &outcome{
		html: segments(l.place, document, l.place.Escapes(document)),
		text: segments(l.place, plaintext.FromHTML(document), nil),
	}, nil
}

// complete adds preheader and footer to the content, as far as it does not show the same.
func (l *layout) complete(content string, who traits, has shown) string {
	end := l.footer.HTML(footer.Parts{
		Unsubscribe: who&withUnsubscribe != 0 && !showsOne(content, has.unsubscribe),
		Address:     l.footer.LacksAddress(has.address, func() string { return plaintext.FromHTML(content) }),
	})
	preheader := ""
	if who&withPreheader != 0 {
		preheader = l.preheader()
	}
	return l.document(content, preheader, end)
}

// text makes the text part from a path through a template in plain text.
func (l *layout) text(t *template.Template, path []byte, who traits) (*outcome, error) {
	text, has := skeleton(t, path, l.place, who)
	body := strings.TrimRight(text, "\n") + "\n"
	text = body + l.footer.Text(footer.Parts{
		Unsubscribe: who&withUnsubscribe != 0 && len(has.unsubscribe) == 0,
		Address:     l.footer.LacksAddress(has.address, func() string { return body }),
	})
	return &outcome{text: segments(l.place, text, nil)}, nil
}

// toHTML is the content of a body in HTML or Markdown. In Markdown, a value in angle brackets and a URL become links, as
// other URLs do.
func (l *layout) toHTML(text string, urls map[int]struct{}) (string, error) {
	if l.format != FormatMarkdown {
		return text, nil
	}
	content, err := markdown.ToHTML(l.place.Unbracketed(text))
	if err != nil {
		return "", err
	}
	return l.place.Linked(content, urls), nil
}

// ownColors reports whether the colors of a message are ours and not its author's.
func (l *layout) ownColors() bool { return l.format != FormatHTML }

// preheader is the line that mail programs show after the subject. The invisible characters after it keep them from
// adding the beginning of the message.
func (l *layout) preheader() string {
	return `<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all">` +
		l.place.Of(slotPreheader) + strings.Repeat("&nbsp;&zwnj;", 40) + "</div>\n"
}

// document inserts preheader and footer into a document, or puts a document around a fragment.
func (l *layout) document(content, preheader, finish string) string {
	if begin, end, isDocument := bodyOf(content); isDocument {
		return content[:begin] + preheader + content[begin:end] + finish + content[end:]
	}
	direction, align := "", "left"
	if l.rightToLeft {
		direction, align = ` dir="rtl"`, "right"
	}
	head := `<!DOCTYPE html>
<html lang="` + l.language + `"` + direction + `>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>` + l.place.Of(slotSubject) + `</title>
`
	if l.ownColors() {
		head += ownStyle
	}
	return head + `</head>
<body style="margin:0;padding:0">
` + preheader + `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="padding:24px 16px">
<div class="letter"` + direction + ` style="max-width:600px;margin:0 auto;text-align:` + align + `;font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.6">
` + strings.TrimSpace(content) + `
</div>` + finish + `</td></tr></table>
</body>
</html>
`
}

// isRightToLeft reports whether most letters of the texts in a body are of scripts that are written from right to left.
func isRightToLeft(body *template.Template) bool {
	var source strings.Builder
	for s := range body.All() {
		source.WriteString(s.Literal)
	}
	return plaintext.IsRightToLeft(source.String())
}

// bodyOf finds where the content of a document begins and ends; isDocument is false for a fragment.
func bodyOf(content string) (begin, end int, isDocument bool) {
	const unknown = -1
	bodyAt, headEnd, htmlAt, bodyEnd, htmlEnd := unknown, unknown, unknown, unknown, unknown
	z := html.NewTokenizer(strings.NewReader(content))
	at := 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		from := at
		at += len(z.Raw())
		if kind == html.DoctypeToken && htmlAt == unknown {
			htmlAt = at
		}
		if kind != html.StartTagToken && kind != html.EndTagToken {
			continue
		}
		name, _ := z.TagName()
		switch tag := string(name); {
		case kind == html.StartTagToken && tag == "body" && bodyAt == unknown:
			bodyAt = at
		case kind == html.StartTagToken && tag == "html":
			htmlAt = at
		case kind == html.EndTagToken && tag == "head" && headEnd == unknown:
			headEnd = at
		case kind == html.EndTagToken && tag == "body":
			bodyEnd = from
		case kind == html.EndTagToken && tag == "html":
			htmlEnd = from
		}
	}
	begin = firstKnown(bodyAt, headEnd, htmlAt)
	end = firstKnown(bodyEnd, htmlEnd, len(content))
	return begin, max(begin, end), begin != unknown
}

func firstKnown(positions ...int) int {
	if i := slices.IndexFunc(positions, func(p int) bool { return p >= 0 }); i >= 0 {
		return positions[i]
	}
	return -1
}
