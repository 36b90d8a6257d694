package compose

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	nethtml "golang.org/x/net/html"
)

// layout makes the two parts of a letter from the skeleton of its body.
type layout struct {
	format   Format
	language string
	place    placeholder
}

func newLayout(l Letter) (layout, error) {
	switch l.Format {
	case FormatHTML, FormatMarkdown, FormatText:
	default:
		return layout{}, fmt.Errorf("unknown format %q of the body", l.Format)
	}
	language := "en"
	if l.Language == "ru" {
		language = "ru"
	}
	for {
		var random [5]byte
		_, _ = rand.Read(random[:]) // never fails
		place := "gnt" + hex.EncodeToString(random[:]) + "x"
		if !strings.Contains(l.Body, place) && !strings.Contains(l.TextBody, place) {
			return layout{l.Format, language, placeholder(place)}, nil
		}
	}
}

// markdown is CommonMark with tables, strike-through and bare links. A line end stays a line end, as
// people expect who write letters. HTML is left as it is: authors may write whole letters in it.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
	goldmark.WithRendererOptions(html.WithHardWraps(), html.WithUnsafe()),
)

// body makes both parts from a path through the body's template.
func (l *layout) body(t *template, path []byte, who traits) *outcome {
	if l.format == FormatText {
		return l.text(t, path, who)
	}
	skeleton, unsubscribes := t.skeleton(path, l.place, who)
	content := l.toHTML(skeleton)
	footer := ""
	if who&withUnsubscribe != 0 && !unsubscribes {
		footer = l.footer()
	}
	preheader := ""
	if who&withPreheader != 0 {
		preheader = l.preheader()
	}
	document := l.document(content, preheader, footer)
	return &outcome{
		html: l.place.segments(document, l.place.escapes(document)),
		text: l.place.segments(plainText(document), nil),
	}
}

// text makes the text part from a path through a template in plain text.
func (l *layout) text(t *template, path []byte, who traits) *outcome {
	skeleton, unsubscribes := t.skeleton(path, l.place, who)
	skeleton = strings.TrimRight(skeleton, "\n") + "\n"
	if who&withUnsubscribe != 0 && !unsubscribes {
		words := "Unsubscribe: "
		if l.language == "ru" {
			words = "Отписаться: "
		}
		skeleton += "\n—\n" + words + l.place.of(slotUnsubscribe) + "\n"
	}
	return &outcome{text: l.place.segments(skeleton, nil)}
}

func (l *layout) toHTML(skeleton string) string {
	if l.format != FormatMarkdown {
		return skeleton
	}
	var b bytes.Buffer
	if err := markdown.Convert([]byte(skeleton), &b); err != nil {
		return nethtml.EscapeString(skeleton) // a bytes.Buffer does not fail
	}
	return b.String()
}

// preheader is the line that mail programs show after the subject. What follows it keeps them from
// going on with the beginning of the letter.
func (l *layout) preheader() string {
	return `<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all">` +
		l.place.of(slotPreheader) + strings.Repeat("&nbsp;&zwnj;", 40) + "</div>\n"
}

func (l *layout) footer() string {
	words := `Don’t want these e-mails? <a href="%s" style="color:#767676">Unsubscribe</a>`
	if l.language == "ru" {
		words = `Не хотите получать такие письма? <a href="%s" style="color:#767676">Отписаться</a>`
	}
	return "\n" + `<div style="padding:24px 16px;text-align:center;font-family:Arial,sans-serif;font-size:12px;line-height:18px;color:#767676">` +
		fmt.Sprintf(words, l.place.of(slotUnsubscribe)) + "</div>\n"
}

// document puts preheader and footer into a whole document, or a document around a fragment.
func (l *layout) document(content, preheader, footer string) string {
	if begin, end, whole := bodyOf(content); whole {
		return content[:begin] + preheader + content[begin:end] + footer + content[end:]
	}
	head := `<!DOCTYPE html>
<html lang="` + l.language + `">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>` + l.place.of(slotSubject) + `</title>
`
	if l.format == FormatMarkdown {
		head += markdownStyle
	}
	return head + `</head>
<body style="margin:0;padding:0">
` + preheader + `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="padding:24px 16px">
<div class="letter" style="max-width:600px;margin:0 auto;text-align:left;font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.6">
` + strings.TrimSpace(content) + `
</div>` + footer + `</td></tr></table>
</body>
</html>
`
}

// markdownStyle is for letters in Markdown only: their colours are ours, so they can follow the
// reader's dark mode. An HTML fragment brings colours of its own.
const markdownStyle = `<meta name="color-scheme" content="light dark">
<style>
:root{color-scheme:light dark}
body{background:#ffffff;color:#1f2328}
h1,h2,h3{line-height:1.25;margin:1.4em 0 .5em}
h1{font-size:26px}h2{font-size:21px}h3{font-size:18px}
p,ul,ol,pre,table,blockquote{margin:0 0 1em}
a{color:#0b57d0}
img{max-width:100%;height:auto;border:0}
blockquote{padding-left:14px;border-left:3px solid #d0d7de}
code,pre{font-family:Consolas,Menlo,monospace;font-size:14px}
pre{overflow:auto;padding:12px;background:#f4f5f7}
hr{border:0;border-top:1px solid #d0d7de;margin:24px 0}
.letter table{border-collapse:collapse}
.letter th,.letter td{padding:6px 10px;border:1px solid #d0d7de;text-align:left}
@media (prefers-color-scheme:dark){
body{background:#16181c;color:#e6e8eb}
a{color:#8ab4f8}
pre{background:#22252b}
blockquote,hr,.letter th,.letter td{border-color:#3a3f47}
}
</style>
`

// bodyOf finds where the content of a whole document begins and ends; whole is false for a fragment.
func bodyOf(content string) (begin, end int, whole bool) {
	const unknown = -1
	bodyAt, headEnd, htmlAt, bodyEnd, htmlEnd := unknown, unknown, unknown, unknown, unknown
	z := nethtml.NewTokenizer(strings.NewReader(content))
	at := 0
	for {
		kind := z.Next()
		if kind == nethtml.ErrorToken {
			break
		}
		from := at
		at += len(z.Raw())
		if kind == nethtml.DoctypeToken && htmlAt == unknown {
			htmlAt = at
		}
		if kind != nethtml.StartTagToken && kind != nethtml.EndTagToken {
			continue
		}
		name, _ := z.TagName()
		switch tag := string(name); {
		case kind == nethtml.StartTagToken && tag == "body" && bodyAt == unknown:
			bodyAt = at
		case kind == nethtml.StartTagToken && tag == "html":
			htmlAt = at
		case kind == nethtml.EndTagToken && tag == "head" && headEnd == unknown:
			headEnd = at
		case kind == nethtml.EndTagToken && tag == "body":
			bodyEnd = from
		case kind == nethtml.EndTagToken && tag == "html":
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
