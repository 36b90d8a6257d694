// Package markdown converts Markdown to HTML within limits, because its author is not trusted.
package markdown

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

// converter reads CommonMark with tables, strike-through and bare links. A line end stays a line end, as people
// expect who write e-mails. HTML is not changed: authors may write whole e-mails in it.
var converter = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
	goldmark.WithRendererOptions(html.WithHardWraps(), html.WithUnsafe()),
)

// The limits of a text. The library's work grows with the square of some of these; within the limits the slowest
// text found takes some tenths of a second, once per mailing.
const (
	maxSource         = 256 << 10  // bytes
	maxDepth          = 30         // quotes and lists inside each other
	maxCells          = 20_000     // of all tables
	maxBrackets       = 10_000     // [ and ]
	maxBracketsLength = 20_000_000 // sum over the paragraphs of brackets × bytes
	maxReferences     = 10_000_000 // links by reference × bytes of the longest paragraph with definitions
	maxEmphasis       = 50_000_000 // sum over the marks that may end emphasis of those before them in the paragraph
)

// safeConverter leaves out HTML, and links that are no addresses of the web or of e-mail.
var safeConverter = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
	goldmark.WithRendererOptions(html.WithHardWraps()),
)

// ToHTML converts Markdown to HTML. Its error says which limit the text exceeds.
func ToHTML(source string) (string, error) { return convert(converter, source) }

// ToSafeHTML is ToHTML for a page of ours: HTML in the text is left out.
func ToSafeHTML(source string) (string, error) { return convert(safeConverter, source) }

func convert(with goldmark.Markdown, source string) (string, error) {
	if err := check(source); err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := with.Convert([]byte(source), &b); err != nil {
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

// check refuses a text that exceeds the limits.
func check(source string) error {
	if len(source) > maxSource {
		return fmt.Errorf("the Markdown is longer than %d KB", maxSource>>10)
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
		if indented+len(oneMark.FindAllString(opening, maxDepth+1)) > maxDepth {
			return fmt.Errorf("quotes and lists are nested more than %d deep", maxDepth)
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
		if cells += columns; cells > maxCells {
			return fmt.Errorf("tables have more than %d cells", maxCells)
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
