package template

import (
	"slices"
	"strings"

	"github.com/osteele/liquid/parser"
)

// grammar defines the tags for the Liquid parser. Tags that read files (include, render) and tags with little
// use in an e-mail are left out.
type grammar map[string]*blockTag

var tagGrammar = grammar{
	"if": {name: "if"}, "endif": {name: "endif", ends: "if"},
	"unless": {name: "unless"}, "endunless": {name: "endunless", ends: "unless"},
	"case": {name: "case"}, "endcase": {name: "endcase", ends: "case"},
	"for": {name: "for"}, "endfor": {name: "endfor", ends: "for"},
	"raw": {name: "raw"}, "endraw": {name: "endraw", ends: "raw"},
	"comment": {name: "comment"}, "endcomment": {name: "endcomment", ends: "comment"},
	"elsif": {name: "elsif", within: []string{"if", "unless"}},
	"else":  {name: "else", within: []string{"if", "unless", "case", "for"}},
	"when":  {name: "when", within: []string{"case"}},
}

// plainTags are the tags without an end tag.
var plainTags = []string{"assign"}

// BlockSyntax is part of parser.Grammar.
func (g grammar) BlockSyntax(name string) (parser.BlockSyntax, bool) {
	tag, ok := g[name]
	return tag, ok
}

// names lists the tags that an author can write, for error messages.
func (g grammar) names() string {
	names := slices.Clone(plainTags)
	for name, tag := range g {
		if tag.IsBlockStart() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// blockTag is a tag with a body, or a tag that ends or divides such a body.
type blockTag struct {
	name   string
	ends   string   // the tag that this one ends
	within []string // the tags that this one divides
}

// The methods of parser.BlockSyntax.

func (t *blockTag) IsBlock() bool        { return true }
func (t *blockTag) IsBlockEnd() bool     { return t.ends != "" }
func (t *blockTag) IsClause() bool       { return t.within != nil }
func (t *blockTag) IsBlockStart() bool   { return !t.IsBlockEnd() && !t.IsClause() }
func (t *blockTag) RequiresParent() bool { return !t.IsBlockStart() }
func (t *blockTag) TagName() string      { return t.name }

func (t *blockTag) ParentTags() []string {
	if t.IsBlockEnd() {
		return []string{t.ends}
	}
	return t.within
}

func (t *blockTag) CanHaveParent(parent parser.BlockSyntax) bool {
	return t.IsBlockStart() || parent != nil && slices.Contains(t.ParentTags(), parent.TagName())
}
