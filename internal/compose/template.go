package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/parser"
)

// template is one parsed template. The language is Liquid, its syntax and expressions are read by a
// library; the walk over the parsed tags is ours, because the library knows no limits, no escaping by
// context, and cannot tell what a template uses.
type template struct {
	field    string
	root     []node
	literals []string  // what stands between the tags, by number
	outputs  []*output // {{ … }}, by number

	uses   []string // variables read, such as client.attributes.city, in order of appearance
	locals []string // names that the template itself sets
}

// TemplateError says what is wrong with a template, and where.
type TemplateError struct {
	Field  string // subject, preheader, body or text_body
	Line   int    // counted from 1
	Detail string // one plain sentence, without a full stop

	runaway bool // a limit was passed
}

func (e *TemplateError) Error() string {
	return fmt.Sprintf("%s, line %d: %s", e.Field, e.Line, e.Detail)
}

// parseTemplate reads a template, or fails with a *TemplateError.
func parseTemplate(field, source string, format Format) (*template, error) {
	if len(source) > maxSource {
		return nil, &TemplateError{Field: field, Line: 1, Detail: fmt.Sprintf("longer than %d KB", maxSource>>10)}
	}
	if strings.Count(source, "{{")+strings.Count(source, "{%") > maxTags {
		return nil, &TemplateError{Field: field, Line: 1, Detail: fmt.Sprintf("there are more than %d tags", maxTags)}
	}
	source = cleanSource(source, format)
	if err := checkSource(field, source); err != nil {
		return nil, err
	}
	t := &template{field: field}
	parsed, err := t.parse(source)
	if err != nil {
		return nil, err
	}
	if t.root, err = t.build(parsed); err != nil {
		return nil, err
	}
	t.uses = slices.DeleteFunc(t.uses, func(name string) bool {
		first, _, _ := strings.Cut(name, ".")
		return slices.Contains(t.locals, first)
	})
	return t, nil
}

// parse has the library read the tags.
func (t *template) parse(source string) ([]parser.ASTNode, error) {
	config := parser.Config{Grammar: letterGrammar}
	var failure parser.Error
	root, err := guarded(func() (root parser.ASTNode, err error) {
		root, failure = config.Parse(source, parser.SourceLoc{LineNo: 1})
		return root, nil
	})
	if err != nil { // a panic, which says nothing about where
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

func (t *template) fail(at parser.Token, format string, args ...any) error {
	return &TemplateError{Field: t.field, Line: max(1, at.SourceLoc.LineNo), Detail: fmt.Sprintf(format, args...)}
}

// readable words a syntax error of the library for authors.
func readable(err error) string {
	if quoted, ok := strings.CutPrefix(err.Error(), "syntax error in "); ok {
		return "cannot read " + quoted + ": check names, quotes and filters"
	}
	return err.Error()
}

// build makes nodes of the library's syntax tree.
func (t *template) build(children []parser.ASTNode) ([]node, error) {
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
			o := &output{number: len(t.outputs), line: child.SourceLoc.LineNo, source: child.Source, value: value}
			o.unsubscribes = slices.ContainsFunc(scanWords(child.Args), func(w word) bool {
				return w.kind == wordVariable && w.text == "unsubscribe_url"
			})
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

func (t *template) literal(nodes []node, text string) []node {
	if text == "" {
		return nodes
	}
	t.literals = append(t.literals, text)
	return append(nodes, &literal{len(t.literals) - 1})
}

func (t *template) block(b *parser.ASTBlock) (node, error) {
	switch b.Name {
	case "for":
		return t.loop(b)
	case "case":
		return t.choice(b)
	}
	return t.branch(b)
}

func (t *template) branch(b *parser.ASTBlock) (node, error) {
	n := &branch{}
	for i, clause := range append([]*parser.ASTBlock{b}, b.Clauses...) {
		a := arm{line: clause.SourceLoc.LineNo, negated: i == 0 && b.Name == "unless"}
		var err error
		if clause.Name != "else" {
			if a.condition, err = t.expression(clause.Token, clause.Args); err != nil {
				return nil, err
			}
		}
		if a.body, err = t.build(clause.Body); err != nil {
			return nil, err
		}
		n.arms = append(n.arms, a)
	}
	return n, nil
}

func (t *template) choice(b *parser.ASTBlock) (node, error) {
	n := &choice{line: b.SourceLoc.LineNo}
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
			a.values = statement.Exprs
		}
		if a.body, err = t.build(clause.Body); err != nil {
			return nil, err
		}
		n.arms = append(n.arms, a)
	}
	return n, nil
}

func (t *template) loop(b *parser.ASTBlock) (node, error) {
	name, _, _ := strings.Cut(b.Args, " ")
	if err := t.local(b.Token, name); err != nil {
		return nil, err
	}
	t.locals = append(t.locals, "forloop")
	statement, err := t.statement(b.Token, expressions.LoopStatementSelector, b.Args)
	if err != nil {
		return nil, err
	}
	n := &loop{line: b.SourceLoc.LineNo, statement: statement.Loop}
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

func (t *template) assignment(tag *parser.ASTTag) (node, error) {
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

// local notes a name that the template sets itself.
func (t *template) local(tag parser.Token, name string) error {
	first, _, _ := strings.Cut(name, ".")
	if name != first || !isName(name) || slices.Contains([]string{"client", "unsubscribe_url", "view_url", "forloop"}, name) {
		return t.fail(tag, "%q cannot be the name of a variable of your own", name)
	}
	t.locals = append(t.locals, name)
	return nil
}
