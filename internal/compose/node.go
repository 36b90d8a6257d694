package compose

import "github.com/osteele/liquid/expressions"

// node is a piece of a parsed template.
type node interface {
	// walk renders the node, or fails with a *TemplateError.
	walk(r *rendering) error
}

type (
	// literal is text between tags.
	literal struct{ number int }

	// output is {{ expression }}.
	output struct {
		number int
		line   int
		source string
		value  expression

		unsubscribes bool // uses unsubscribe_url
	}

	// branch is if, elsif, else and unless: the first arm that holds is rendered.
	branch struct{ arms []arm }
	arm    struct {
		line      int
		condition expression // nil = else
		negated   bool
		body      []node
	}

	// choice is case and when.
	choice struct {
		line    int
		subject expression
		arms    []choiceArm
	}
	choiceArm struct {
		line   int
		cost   int        // steps of the expressions in the tag, beside one for each
		values []compound // nil = else
		body   []node
	}

	// loop is for, with the else for no turns.
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
