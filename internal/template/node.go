package template

import (
	"slices"

	"github.com/osteele/liquid/expressions"
)

// node is an element of a parsed template.
type node interface {
	// walk renders the node, or fails with an *Error.
	walk(r *Renderer) error
}

type (
	// literal is text between tags.
	literal struct{ number int }

	// branch is if, elsif, else and unless: the first arm whose condition is true is rendered.
	branch struct{ arms []arm }
	arm    struct {
		line      int
		condition expression // nil = else
		variables []string   // that the condition reads
		negated   bool
		body      []node
	}

	// choice is case and when.
	choice struct {
		line      int
		subject   expression
		variables []string // that the subject reads
		arms      []choiceArm
	}
	choiceArm struct {
		line   int
		cost   int        // steps of the expressions in the tag, beside one for each
		values []compound // nil = else
		body   []node
	}

	// loop is for; otherwise is its else, for a loop without iterations.
	loop struct {
		line      int
		cost      int // steps of the expressions in the tag
		statement expressions.Loop
		body      []node
		otherwise []node
	}

	// assignment is assign.
	assignment struct {
		line  int
		name  string
		value expression
	}
)

// Output is {{ expression }}.
type Output struct {
	Source string // as the author wrote it, with its braces

	number    int
	line      int
	value     expression
	variables []string
	filters   []string
}

// Uses reports whether the expression reads a variable, such as unsubscribe_url.
func (o *Output) Uses(variable string) bool { return slices.Contains(o.variables, variable) }

// URL returns the name of the variable, UnsubscribeURL or ViewURL, if the output consists of nothing else than
// that variable and perhaps a default. Otherwise name is "".
func (o *Output) URL() (name, fallback string) {
	if s, ok := o.value.(simple); ok {
		switch s.field {
		case unsubscribeURL:
			return UnsubscribeURL, s.fallback
		case viewURL:
			return ViewURL, s.fallback
		}
	}
	return "", ""
}
