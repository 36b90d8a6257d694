package compose

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// markdown is CommonMark with tables, strike-through and bare links. A line end stays a line end, as
// people expect who write letters. HTML is left as it is: authors may write whole letters in it.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
	goldmark.WithRendererOptions(html.WithHardWraps(), html.WithUnsafe()),
)

// What Markdown may ask for. The library takes time in the square of some of these; within the
// limits the slowest text found takes some tenths of a second, once a mailing.
const (
	maxMarkdown       = 256 << 10  // bytes
	maxMarkdownDepth  = 30         // quotes and lists in each other
	maxMarkdownCells  = 20_000     // of all tables
	maxBrackets       = 10_000     // [ and ]
	maxBracketsLength = 20_000_000 // sum over the paragraphs of brackets × bytes
	maxReferences     = 10_000_000 // links by reference × bytes of the longest paragraph with definitions
	maxEmphasis       = 50_000_000 // sum over the marks that may end emphasis of those before them in the paragraph
)

func markdownToHTML(source string) (string, error) {
	if err := checkMarkdown(source); err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := markdown.Convert([]byte(source), &b); err != nil {
		return "", fmt.Errorf("the Markdown cannot be read: %w", err)
	}
	return b.String(), nil
}

var (
	// blockMarks are the marks of quotes and list items at the beginning of a line.
	blockMarks = regexp.MustCompile(`^[ \t]*(?:(?:>|[-*+][ \t]|[0-9]{1,9}[.)][ \t])[ \t]*)+`)
	oneMark    = regexp.MustCompile(`>|[-*+][ \t]|[0-9][.)][ \t]`)
	// tableRuler is the line below the head of a table.
	tableRuler = regexp.MustCompile(`^[ \t>]*[|:-][ \t|:-]*$`)
)

// checkMarkdown refuses what would take the library too long.
func checkMarkdown(source string) error {
	if len(source) > maxMarkdown {
		return fmt.Errorf("the Markdown is longer than %d KB", maxMarkdown>>10)
	}
	var brackets, allBrackets, length, work, columns, cells, marks, emphasis int
	var defines bool             // the paragraph has a definition: [name]: address
	var definition, definers int // bytes of the longest paragraph with definitions; brackets in all of them
	endParagraph := func() {
		if defines {
			definition, definers = max(definition, length), definers+brackets
		}
		brackets, length, columns, marks, defines = 0, 0, 0, 0, false
	}
	for line := range strings.Lines(source) {
		opening := blockMarks.FindString(line)
		indented := (len(opening) - len(strings.TrimLeft(opening, " \t"))) / 2
		if indented+len(oneMark.FindAllString(opening, maxMarkdownDepth+1)) > maxMarkdownDepth {
			return fmt.Errorf("quotes and lists are nested more than %d deep", maxMarkdownDepth)
		}
		if strings.TrimSpace(line) == "" {
			endParagraph()
			continue
		}
		defines = defines || strings.Contains(line, "]:")
		n := strings.Count(line, "[") + strings.Count(line, "]")
		brackets, allBrackets, length = brackets+n, allBrackets+n, length+len(line)
		if work += n*length + brackets*len(line); work > maxBracketsLength || allBrackets > maxBrackets {
			return errors.New("there are too many links or brackets in one paragraph, or altogether")
		}
		if marks, n = emphasisMarks(line, marks); emphasis+n > maxEmphasis {
			return errors.New("there are too many * and _ in one paragraph, or altogether")
		}
		emphasis += n
		if tableRuler.MatchString(strings.TrimRight(line, "\n")) {
			columns = max(columns, strings.Count(line, "|")+1)
		}
		if cells += columns; cells > maxMarkdownCells {
			return fmt.Errorf("tables have more than %d cells", maxMarkdownCells)
		}
	}
	endParagraph()
	// Each link by reference repeats the address and the title of its definition.
	if (allBrackets-definers)/2*definition > maxReferences {
		return errors.New("there are too many links to long definitions")
	}
	return nil
}

// emphasisMarks adds the runs of one of the characters that mark emphasis and strike-through to those before, and
// counts how often one is compared with another: each that may end something with all before it, which is each that
// is not behind a space (CommonMark § 6.2).
func emphasisMarks(line string, before int) (runs, compared int) {
	runs = before
	for i := 0; i < len(line); i++ {
		b := line[i]
		if b != '*' && b != '_' && b != '~' || i > 0 && line[i-1] == b {
			continue
		}
		if i > 0 && line[i-1] != ' ' && line[i-1] != '\t' {
			compared += runs
		}
		runs++
	}
	return runs, compared
}

// ownStyle is for letters in Markdown and plain text: their colours are ours, so they can follow the
// reader's dark mode. An HTML fragment brings colours of its own.
const ownStyle = `<meta name="color-scheme" content="light dark">
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
.footer,.footer a{color:#6b7280}
hr{border:0;border-top:1px solid #d0d7de;margin:24px 0}
.letter table{border-collapse:collapse}
.letter th,.letter td{padding:6px 10px;border:1px solid #d0d7de;text-align:left}
@media (prefers-color-scheme:dark){
body{background:#16181c;color:#e6e8eb}
a{color:#8ab4f8}
.footer,.footer a{color:#9aa3ad}
pre{background:#22252b}
blockquote,hr,.letter th,.letter td{border-color:#3a3f47}
}
</style>
`
