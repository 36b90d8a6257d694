package template

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/parser"

	"gonets/internal/template/filter"
)

// expression is the code between {{ and }} or after if.
type expression interface {
	value(r *Renderer) (any, error)
}

// simple is one variable, with or without a default. Most expressions in messages are of this kind, so it is
// evaluated without the library.
type simple struct {
	field    field
	name     string // of the attribute
	fallback string // "" = none
}

type field int

const (
	fullName field = iota
	firstName
	emailAddress
	attribute
	unsubscribeURL
	viewURL
	brandName
	brandAddress
	brandSite
)

var fieldNames = map[string]field{
	"client.full_name":  fullName,
	"client.first_name": firstName,
	"client.email":      emailAddress,
	UnsubscribeURL:      unsubscribeURL,
	ViewURL:             viewURL,
	"brand.name":        brandName,
	BrandAddress:        brandAddress,
	"brand.site":        brandSite,
}

// compound is an expression that the library evaluates.
type compound struct {
	expr expressions.Expression
	cost int // steps
}

// expressionCost is the cost of evaluating an expression, in steps.
func expressionCost(source string) int { return 1 + len(source)/32 }

// simpleForm matches a variable with an optional default.
var simpleForm = regexp.MustCompile(`^([\pL_][\pL\pN_.-]*)(?:\s*\|\s*default:\s*(?:"([^"\\]*)"|'([^']*)'))?$`)

// expression parses an expression and records its variables. It refuses what could exceed the limits.
func (t *Template) expression(tag parser.Token, source string) (expression, error) {
	source = strings.TrimSpace(source)
	checked, err := t.check(tag, source)
	if err != nil {
		return nil, err
	}
	if m := simpleForm.FindStringSubmatch(source); m != nil {
		s := simple{fallback: m[2] + m[3]}
		if field, ok := fieldNames[m[1]]; ok {
			s.field = field
			return s, nil
		}
		if name, ok := strings.CutPrefix(m[1], "client.attributes."); ok && !strings.Contains(name, ".") {
			s.field, s.name = attribute, name
			return s, nil
		}
	}
	parsed, err := recovered(func() (expressions.Expression, error) { return expressions.Parse(checked) })
	if err != nil {
		return nil, t.fail(tag, "%s", readable(err))
	}
	return compound{parsed, expressionCost(source)}, nil
}

// statement parses the part of a tag that is more than an expression.
func (t *Template) statement(tag parser.Token, selector, source string) (*expressions.Statement, error) {
	checked, err := t.check(tag, source)
	if err != nil {
		return nil, err
	}
	statement, err := recovered(func() (*expressions.Statement, error) {
		return expressions.ParseStatement(selector, checked)
	})
	if err != nil {
		return nil, t.fail(tag, "%s", readable(err))
	}
	return statement, nil
}

// recovered calls the library, whose parser panics on some malformed numbers and names.
func recovered[T any](parse func() (T, error)) (parsed T, err error) {
	defer func() {
		if recover() != nil {
			err = expressions.SyntaxError("syntax error in a number or a name")
		}
	}()
	return parse()
}

// plainRange matches the only place where a range is allowed: as the sequence of a for loop. Anywhere else (a
// filter, an index, a property) the library would build the whole list in memory, however long.
var plainRange = regexp.MustCompile(`^\s*\S+\s+in\s+\([^()\[\]|]*\.\.[^()\[\]|]*\)(\s+(reversed|(limit|offset):\s*\d{1,9}))*\s*$`)

// check records the variables of an expression and checks its filters. It returns the expression with
// comparisons to "" turned into comparisons to nil, because an empty field counts as missing, and with
// constants that are searched turned into counted values.
func (t *Template) check(tag parser.Token, source string) (string, error) {
	words := scanWords(source)
	var checked strings.Builder
	done := 0
	for i, w := range words {
		switch {
		case w.kind == wordRange && (tag.Name != "for" || !plainRange.MatchString(source)):
			return "", t.fail(tag, "a range such as (1..3) can only stand alone after in, in a for loop")
		case w.kind == wordFilter && !filter.Exists(w.text):
			return "", t.fail(tag, "there is no filter %q; the filters are %s", w.text, strings.Join(filter.Names(), ", "))
		case w.kind == wordVariable:
			t.addVariable(w.text)
		case w.kind == wordString && len(w.text) == 2 && i > 0 && words[i-1].kind == wordComparison:
			checked.WriteString(source[done:w.at] + "nil")
			done = w.at + len(w.text)
		case w.kind == wordString && isSearched(words[i+1:]):
			// A filter returns a counted value. A constant of the library would print the value that it is searched for.
			checked.WriteString(source[done:w.at] + "(" + w.text + " | escape)")
			done = w.at + len(w.text)
		}
	}
	return checked.String() + source[done:], nil
}

// addVariable records a variable.
func (t *Template) addVariable(name string) {
	if _, ok := t.isUsed[name]; !ok {
		t.isUsed[name] = struct{}{}
		t.Variables = append(t.Variables, name)
	}
}

// isSearched reports whether the operator after a word is contains.
func isSearched(following []word) bool {
	for _, w := range following {
		if w.text != ")" {
			return w.text == "contains"
		}
	}
	return false
}

type wordKind int

const (
	wordVariable wordKind = iota
	wordFilter
	wordString
	wordComparison // == or !=
	wordRange      // ..
	wordOther
)

// word is a token of an expression.
type word struct {
	kind wordKind
	text string
	at   int // offset in the expression
}

// notVariables are the reserved words of the language.
var notVariables = []string{"and", "or", "contains", "in", "true", "false", "nil", "null", "blank", "empty", "reversed"}

var (
	wordPattern = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'|==|!=|\.\.|\||[\pL_][\pL\pN_-]*\??(?:\.[\pL_][\pL\pN_-]*\??|\[\s*(?:"[^"\\\]]*"|'[^'\]]*')\s*\])*:?|\.[\pL_][\pL\pN_-]*|[0-9]+|\S`)
	bracketed   = regexp.MustCompile(`\[\s*["']([^"']*)["']\s*\]`)
)

// scanWords finds the words of an expression. It does not check the syntax: the library's parser does.
func scanWords(source string) []word {
	var words []word
	afterPipe := false
	for _, at := range wordPattern.FindAllStringIndex(source, -1) {
		text := source[at[0]:at[1]]
		w := word{wordOther, text, at[0]}
		first, _ := utf8.DecodeRuneInString(text)
		switch {
		case text == "==" || text == "!=":
			w.kind = wordComparison
		case text == "..":
			w.kind = wordRange
		case len(text) > 1 && (first == '"' || first == '\''):
			w.kind = wordString
		case first != '_' && !unicode.IsLetter(first):
		case afterPipe:
			w.kind, w.text = wordFilter, strings.TrimSuffix(text, ":")
		case strings.HasSuffix(text, ":") || slices.Contains(notVariables, text):
		default:
			w.kind, w.text = wordVariable, bracketed.ReplaceAllString(text, ".$1")
		}
		afterPipe = text == "|"
		words = append(words, w)
	}
	return words
}

// wordsOf are the words of one kind in an expression.
func wordsOf(source string, kind wordKind) (found []string) {
	for _, w := range scanWords(source) {
		if w.kind == kind {
			found = append(found, w.text)
		}
	}
	return found
}

// isName reports whether s can name a variable.
func isName(s string) bool {
	return s != "" && wordPattern.FindString(s) == s && !slices.Contains(notVariables, s) &&
		len(scanWords(s)) == 1 && scanWords(s)[0].kind == wordVariable
}
