package template

import (
	"encoding/binary"
	"iter"
)

// Step is a text or an output of a template.
type Step struct {
	Literal string  // the text, if Output is nil
	Output  *Output // nil = a text
	Nth     int     // number of the outputs before this step
}

// Along returns what a rendering visited, in order. See Renderer.Path.
func (t *Template) Along(path []byte) iter.Seq[Step] {
	return func(yield func(Step) bool) {
		nth := 0
		for len(path) > 0 {
			number, n := binary.Uvarint(path)
			path = path[n:]
			s := Step{Nth: nth}
			if number&1 == 0 {
				s.Literal = t.literals[number>>1]
			} else {
				s.Output = t.outputs[number>>1]
				nth++
			}
			if !yield(s) {
				return
			}
		}
	}
}

// All returns all texts and outputs in the order of the source, whatever the conditions around them.
func (t *Template) All() iter.Seq[Step] {
	return func(yield func(Step) bool) {
		nth := 0
		t.all(t.root, &nth, yield)
	}
}

// all yields the steps below nodes. It returns false when yield does.
func (t *Template) all(nodes []node, nth *int, yield func(Step) bool) bool {
	for _, n := range nodes {
		more := true
		switch n := n.(type) {
		case *literal:
			more = yield(Step{Literal: t.literals[n.number], Nth: *nth})
		case *Output:
			more = yield(Step{Output: n, Nth: *nth})
			*nth++
		case *branch:
			for i := 0; i < len(n.arms) && more; i++ {
				more = t.all(n.arms[i].body, nth, yield)
			}
		case *choice:
			for i := 0; i < len(n.arms) && more; i++ {
				more = t.all(n.arms[i].body, nth, yield)
			}
		case *loop:
			more = t.all(n.body, nth, yield) && t.all(n.otherwise, nth, yield)
		}
		if !more {
			return false
		}
	}
	return true
}

// Constant returns the text of a template without tags.
func (t *Template) Constant() (text string, ok bool) {
	switch len(t.root) {
	case 0:
		return "", true
	case 1:
		if n, isLiteral := t.root[0].(*literal); isLiteral {
			return t.literals[n.number], true
		}
	}
	return "", false
}
