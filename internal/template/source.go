package template

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/osteele/liquid/parser"

	"gonets/internal/excerpt"
	"gonets/internal/printable"
)

var (
	// anyTag matches what may be an output or a tag, in any way that people and editors write them.
	anyTag = regexp.MustCompile(`\{\{[^\n]*?\}\}|\{%(?:[^%]|%[^}])*?%\}`)
	// loneTag matches a tag that is alone on its line.
	loneTag = regexp.MustCompile(`(?m)^[ \t]*(\{%-?\s*(?:if|elsif|else|endif|unless|endunless|case|when|endcase|for|endfor|assign|comment|endcomment)\b(?:[^%\n]|%[^}\n])*?)(-?%\})[ \t]*\n`)
	// plainQuotes undoes the typographic quotes and spaces of editors.
	plainQuotes = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‘", "'", "’", "'", "\u00a0", " ")
)

// Syntax says how tags are read, depending on the format of the text around them.
type Syntax struct {
	// Entities decodes HTML entities inside tags: rich editors write {% if a &gt; 1 %}.
	Entities bool
	// TrimLines removes the line of a tag that is alone on it. In Markdown an empty line would end a list or a
	// paragraph.
	TrimLines bool
}

// normalize prepares source for the parser. The line numbers do not change.
func (s Syntax) normalize(source string) string {
	if !strings.Contains(source, "{") {
		return source
	}
	source = anyTag.ReplaceAllStringFunc(source, func(tag string) string {
		if s.Entities {
			tag = html.UnescapeString(tag)
		}
		return plainQuotes.Replace(tag)
	})
	if s.TrimLines {
		// The line end moves into the tag, so that the line numbers in errors stay correct.
		source = loneTag.ReplaceAllString(source, "$1\n$2")
	}
	return source
}

// ReplaceTags returns source with each {{ … }} and {% … %} replaced. It fails with an *Error when source has too
// many tags to be searched; whether the tags are valid is not checked.
func ReplaceTags(field, source string, replace func(tag string) string) (string, error) {
	source = printable.Clean(source)
	if err := checkOpenings(field, source); err != nil {
		return "", err
	}
	return anyTag.ReplaceAllStringFunc(source, replace), nil
}

// checkOpenings refuses a template with too many tags, or with too many {{ and {% whose end is missing or far
// away: the parser searches for the end of each of them again after each tag, so the work would be quadratic.
func checkOpenings(field, source string) error {
	if strings.Count(source, "{{")+strings.Count(source, "{%") > maxTags {
		return &Error{Field: field, Line: 1, Detail: fmt.Sprintf("there are more than %d tags", maxTags)}
	}
	left := maxOpen
	for at := 0; ; at += 2 {
		next := strings.IndexByte(source[at:], '{')
		if next < 0 || at+next+2 > len(source) {
			return nil
		}
		at += next
		switch source[at+1] {
		case '{':
			left -= openOutput(source[at+2 : min(len(source), at+2+left)])
		case '%':
			left -= openTag(source[at+2 : min(len(source), at+2+left)])
		default:
			at-- // the next byte may begin a tag
			continue
		}
		if left <= 0 {
			line := 1 + strings.Count(source[:at], "\n")
			return &Error{Field: field, Line: line, Detail: "there are too many {{ and {% that are not closed"}
		}
		at-- // {{{ opens twice
	}
}

// openOutput is the number of bytes that are searched for the }} of an output: up to it, or up to the end of
// the line.
func openOutput(s string) int {
	if end := strings.IndexByte(s, '\n'); end >= 0 {
		s = s[:end]
	}
	if len(s) > 0 {
		if end := strings.Index(s[1:], "}}"); end >= 0 {
			return 1 + end
		}
	}
	return len(s)
}

// openTag is the number of bytes that are searched for the %} of a tag: up to it, or up to the end of the text.
func openTag(s string) int {
	at := 0
	for {
		next := strings.IndexByte(s[at:], '%')
		if next < 0 || at+next+1 >= len(s) {
			return len(s)
		}
		at += next
		if s[at+1] == '}' {
			return at
		}
		at += 2 // like the parser: in %%} the second % does not begin the end of the tag
	}
}

// checkSource finds the faults that the Liquid parser misses or describes badly: tags that are not closed,
// unknown tags, and source that exceeds the limits.
func checkSource(field, source string) error {
	fail := func(line int, format string, args ...any) error {
		return &Error{Field: field, Line: line, Detail: fmt.Sprintf(format, args...)}
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
		tag, isBlock := tagGrammar[token.Name]
		switch {
		case !isBlock && !slices.Contains(plainTags, token.Name):
			return fail(line, "there is no tag %q; the tags are %s", token.Name, tagGrammar.names())
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

// longestQuote is the maximum length of a quotation from a template in an error, in characters.
const longestQuote = 60

// quote is the first line of source, shortened for an error.
func quote(source string) string { return excerpt.FirstLine(source, longestQuote) }
