package compose

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/osteele/liquid/parser"

	"gonets/internal/excerpt"
)

var (
	// anyTag finds what may be an output or a tag, as loosely as people and editors write them.
	anyTag = regexp.MustCompile(`\{\{[^\n]*?\}\}|\{%(?:[^%]|%[^}])*?%\}`)
	// loneTag finds a tag that has a line for itself.
	loneTag = regexp.MustCompile(`(?m)^[ \t]*(\{%-?\s*(?:if|elsif|else|endif|unless|endunless|case|when|endcase|for|endfor|assign|comment|endcomment)\b(?:[^%\n]|%[^}\n])*?)(-?%\})[ \t]*\n`)
	// typed turns into plain quotes and spaces what editors make of them.
	typed = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‘", "'", "’", "'", "\u00a0", " ")
)

// cleanSource makes a template's source fit for the parser without moving anything to another line.
func cleanSource(source string, format Format) string {
	source = cleanText(source)
	if !strings.Contains(source, "{") {
		return source
	}
	source = anyTag.ReplaceAllStringFunc(source, func(tag string) string {
		if format != FormatText {
			tag = html.UnescapeString(tag) // rich editors write {% if a &gt; 1 %}
		}
		return typed.Replace(tag)
	})
	if format != FormatHTML {
		// A tag alone on its line leaves no empty line behind: in Markdown that would end a list or a
		// paragraph. The line end moves into the tag, so that lines are still counted right.
		source = loneTag.ReplaceAllString(source, "$1\n$2")
	}
	return source
}

// cleanText gives text in valid UTF-8, with \n for line ends and without other control characters
// than the tab.
func cleanText(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		b := s[i]
		clean = b < 0x80 && b != 0x7f && (b >= ' ' || b == '\n' || b == '\t')
	}
	if clean {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return -1
		}
		return r
	}, s)
}

// checkSource finds what the Liquid parser overlooks or would word badly: tags that are not closed,
// unknown tags, and source beyond the limits.
func checkSource(field, source string) error {
	fail := func(line int, format string, args ...any) error {
		return &TemplateError{Field: field, Line: line, Detail: fmt.Sprintf(format, args...)}
	}
	depth, within, opened := 0, "", 0
	for _, token := range parser.Scan(source, parser.SourceLoc{LineNo: 1}, nil) {
		line := token.SourceLoc.LineNo
		if within != "" {
			if token.Type == parser.TagTokenType && token.Name == "end"+within {
				within = ""
			}
			continue
		}
		switch token.Type {
		case parser.TextTokenType:
			if at := strings.Index(token.Source, "{{"); at >= 0 {
				return fail(line+strings.Count(token.Source[:at], "\n"), "%s is not closed by }} on the same line", quote(token.Source[at:]))
			}
			if at := strings.Index(token.Source, "{%"); at >= 0 {
				return fail(line+strings.Count(token.Source[:at], "\n"), "%s is not closed by %%} or is no tag", quote(token.Source[at:]))
			}
		case parser.ObjTokenType, parser.TagTokenType:
			if len(token.Args) > maxExpression {
				return fail(line, "%s is longer than %d characters", quote(token.Source), maxExpression)
			}
		}
		if token.Type != parser.TagTokenType {
			continue
		}
		tag, isBlock := letterGrammar[token.Name]
		switch {
		case !isBlock && !slices.Contains(plainTags, token.Name):
			return fail(line, "there is no tag %q; the tags are %s", token.Name, letterGrammar.names())
		case !isBlock:
		case token.Name == "raw" || token.Name == "comment":
			within, opened = token.Name, line
		case tag.IsBlockStart():
			if depth++; depth > maxDepth {
				return fail(line, "tags are nested more than %d deep", maxDepth)
			}
		case tag.IsBlockEnd():
			depth--
		}
	}
	if within != "" {
		return fail(opened, "{%% %s %%} has no {%% end%s %%}", within, within)
	}
	return nil
}

// longestQuote is how much of a template an error quotes, in characters.
const longestQuote = 60

// quote is the first line of source, for an error.
func quote(source string) string {
	source, _, _ = strings.Cut(strings.TrimSpace(source), "\n")
	return excerpt.Of(source, longestQuote)
}
