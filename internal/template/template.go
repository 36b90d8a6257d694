// Package template reads and renders the templates in messages: a bounded form of Liquid.
//
// A template is written by a user who is not trusted, and its values come from clients. So the package limits the
// size of a template, the depth of its tags and the work of a rendering (see Budget), and a template can call
// nothing but the filters of this package. Syntax and expressions are parsed by a library; this package evaluates
// the parsed tags itself, because the library has no limits, and cannot tell which variables a template uses.
//
// The package knows the variables of a client, but nothing of e-mail or HTML: whoever inserts the values into a
// document escapes them.
package template

import (
	"fmt"
	"slices"
	"strings"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/parser"

	"gonets/internal/printable"
)

// Template is a parsed template. It is never changed, so several goroutines can render it at once.
type Template struct {
	Field     string   // what it is the template of, for errors: subject, preheader, body or text_body
	Variables []string // that it reads, such as client.attributes.city, in order of appearance

	root     []node
	literals []string  // the texts between the tags, by number
	outputs  []*Output // {{ … }}, by number

	isUsed map[string]struct{} // the set of Variables
	locals map[string]struct{} // variables that the template itself sets
}

// Error says what is wrong with a template, and where.
type Error struct {
	Field  string // of the Template
	Line   int    // counted from 1
	Detail string // one plain sentence, without a full stop

	LimitExceeded bool // the template, or what becomes of it, exceeds a limit
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s, line %d: %s", e.Field, e.Line, e.Detail)
}

// Parse parses the template of a field. Its error is an *Error.
func Parse(field, source string, syntax Syntax) (*Template, error) {
	if len(source) > maxSource {
		return nil, &Error{Field: field, Line: 1, Detail: fmt.Sprintf("longer than %d KB", maxSource>>10)}
	}
	source = printable.Clean(source) // first: it may remove a character between two braces
	if err := checkOpenings(field, source); err != nil {
		return nil, err
	}
	source = syntax.normalize(source)
	if err := checkOpenings(field, source); err != nil { // again: &#123; in a tag became a brace
		return nil, err
	}
	if err := checkSource(field, source); err != nil {
		return nil, err
	}
	t := &Template{Field: field, isUsed: map[string]struct{}{}, locals: map[string]struct{}{}}
	parsed, err := t.parse(source)
	if err != nil {
		return nil, err
	}
	if t.root, err = t.build(parsed); err != nil {
		return nil, err
	}
	t.Variables = slices.DeleteFunc(t.Variables, func(name string) bool {
		first, _, _ := strings.Cut(name, ".")
		_, isLocal := t.locals[first]
		return isLocal
	})
	return t, nil
}

// parse lets the library parse the tags.
func (t *Template) parse(source string) ([]parser.ASTNode, error) {
	config := parser.Config{Grammar: tagGrammar}
	var failure parser.Error
	root, err := recovered(func() (root parser.ASTNode, err error) {
		root, failure = config.Parse(source, parser.SourceLoc{LineNo: 1})
		return root, nil
	})
	if err != nil { // a panic, without a line number
		return nil, t.fail(parser.Token{}, "%v", err)
	}
	if failure == nil {
		return root.(*parser.ASTSeq).Children, nil
	}
	at := parser.Token{SourceLoc: parser.SourceLoc{LineNo: failure.LineNumber()}}
	if cause := failure.Cause(); cause != nil {
		return nil, t.fail(at, "%v", readable(cause))
	}
	// "Liquid error (line 3): unterminated "if" block in {% if x %}"
	_, detail, _ := strings.Cut(failure.Error(), ": ")
	return nil, t.fail(at, "%s", detail)
}

func (t *Template) fail(at parser.Token, format string, args ...any) error {
	return &Error{Field: t.Field, Line: max(1, at.SourceLoc.LineNo), Detail: fmt.Sprintf(format, args...)}
}

// readable returns a syntax error of the library in words for authors.
func readable(err error) string {
	if quoted, ok := strings.CutPrefix(err.Error(), "syntax error in "); ok {
		return "cannot read " + quoted + ": check names, quotes and filters"
	}
	return err.Error()
}

// build converts the library's syntax tree to nodes.
func (t *Template) build(children []parser.ASTNode) ([]node, error) {
	var nodes []node
	trimNext := false // after -}} or -%}
	for i, child := range children {
		trimmed := trimNext
		trimNext = false
		switch child := child.(type) {
		case *parser.ASTText:
			text := child.Source
			if trimmed {
				text = strings.TrimLeft(text, " \t\n")
			}
			if i+1 < len(children) && trims(children[i+1], parser.Left) {
				text = strings.TrimRight(text, " \t\n")
			}
			nodes = t.literal(nodes, text)
		case *parser.ASTRaw:
			nodes = t.literal(nodes, strings.Join(child.Slices, ""))
		case *parser.ASTTrim:
			trimNext = trims(child, parser.Right)
		case *parser.ASTObject:
			value, err := t.expression(child.Token, child.Args)
			if err != nil {
				return nil, err
			}
			o := &Output{number: len(t.outputs), line: child.SourceLoc.LineNo, Source: child.Source, value: value}
			o.variables, o.filters = wordsOf(child.Args, wordVariable), wordsOf(child.Args, wordFilter)
			t.outputs = append(t.outputs, o)
			nodes = append(nodes, o)
		case *parser.ASTTag:
			n, err := t.assignment(child)
			if err != nil {
				return nil, err
			}
			nodes = append(nodes, n)
		case *parser.ASTBlock:
			n, err := t.block(child)
			if err != nil {
				return nil, err
			}
			nodes = append(nodes, n)
		}
	}
	return nodes, nil
}

func trims(n parser.ASTNode, direction parser.TrimDirection) bool {
	trim, ok := n.(*parser.ASTTrim)
	return ok && trim.TrimDirection == direction
}

func (t *Template) literal(nodes []node, text string) []node {
	if text == "" {
		return nodes
	}
	t.literals = append(t.literals, text)
	return append(nodes, &literal{len(t.literals) - 1})
}

func (t *Template) block(b *parser.ASTBlock) (node, error) {
	switch b.Name {
	case "for":
		return t.loop(b)
	case "case":
		return t.choice(b)
	}
	return t.branch(b)
}

func (t *Template) branch(b *parser.ASTBlock) (node, error) {
	n := &branch{}
	for i, clause := range append([]*parser.ASTBlock{b}, b.Clauses...) {
		a := arm{line: clause.SourceLoc.LineNo, negated: i == 0 && b.Name == "unless"}
		var err error
		if clause.Name != "else" {
			if a.condition, err = t.expression(clause.Token, clause.Args); err != nil {
				return nil, err
			}
			a.variables = wordsOf(clause.Args, wordVariable)
		}
		if a.body, err = t.build(clause.Body); err != nil {
			return nil, err
		}
		n.arms = append(n.arms, a)
	}
	return n, nil
}

func (t *Template) choice(b *parser.ASTBlock) (node, error) {
	n := &choice{line: b.SourceLoc.LineNo, variables: wordsOf(b.Args, wordVariable)}
	var err error
	if n.subject, err = t.expression(b.Token, b.Args); err != nil {
		return nil, err
	}
	for _, clause := range b.Clauses {
		a := choiceArm{line: clause.SourceLoc.LineNo}
		if clause.Name == "when" {
			statement, err := t.statement(clause.Token, expressions.WhenStatementSelector, clause.Args)
			if err != nil {
				return nil, err
			}
			a.cost = expressionCost(clause.Args)
			for _, e := range statement.Exprs {
				a.values = append(a.values, compound{e, 1})
			}
		}
		if a.body, err = t.build(clause.Body); err != nil {
			return nil, err
		}
		n.arms = append(n.arms, a)
	}
	return n, nil
}

func (t *Template) loop(b *parser.ASTBlock) (node, error) {
	name, _, _ := strings.Cut(b.Args, " ")
	if err := t.local(b.Token, name); err != nil {
		return nil, err
	}
	t.locals["forloop"] = struct{}{}
	statement, err := t.statement(b.Token, expressions.LoopStatementSelector, b.Args)
	if err != nil {
		return nil, err
	}
	n := &loop{line: b.SourceLoc.LineNo, cost: expressionCost(b.Args), statement: statement.Loop}
	if n.body, err = t.build(b.Body); err != nil {
		return nil, err
	}
	for _, clause := range b.Clauses {
		if n.otherwise, err = t.build(clause.Body); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (t *Template) assignment(tag *parser.ASTTag) (node, error) {
	name, value, found := strings.Cut(tag.Args, "=")
	name = strings.TrimSpace(name)
	if !found {
		return nil, t.fail(tag.Token, "%s has no =", quote(tag.Source))
	}
	if err := t.local(tag.Token, name); err != nil {
		return nil, err
	}
	n := &assignment{line: tag.SourceLoc.LineNo, name: name}
	var err error
	n.value, err = t.expression(tag.Token, value)
	return n, err
}

// local records a variable that the template sets itself.
func (t *Template) local(tag parser.Token, name string) error {
	first, _, _ := strings.Cut(name, ".")
	if name != first || !isName(name) || slices.Contains([]string{"client", "brand", UnsubscribeURL, ViewURL, "forloop"}, name) {
		return t.fail(tag, "%q cannot be the name of a variable of your own", name)
	}
	t.locals[name] = struct{}{}
	return nil
}
