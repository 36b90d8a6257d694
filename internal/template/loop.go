package template

import (
	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/values"
)

func (n *loop) walk(r *Renderer) error {
	r.line = n.line
	if err := r.spend(n.cost); err != nil { // an empty loop is charged too
		return err
	}
	items, err := r.items(n.statement)
	if err != nil {
		return err
	}
	length, at := items.length, items.at
	if length == 0 {
		return r.nodes(n.otherwise)
	}
	name := n.statement.Variable
	outerItem, outerLoop := r.bindings[name], r.bindings["forloop"]
	position := map[string]any{"length": length}
	current := r.counted(position)
	for i := range length {
		r.line = n.line
		if err := r.spend(1); err != nil {
			return err
		}
		position["index"], position["index0"] = i+1, i
		position["rindex"], position["rindex0"] = length-i, length-i-1
		position["first"], position["last"] = i == 0, i == length-1
		r.bindings[name], r.bindings["forloop"] = r.counted(at(i)), current
		if err := r.nodes(n.body); err != nil {
			return err
		}
	}
	r.bindings[name], r.bindings["forloop"] = outerItem, outerLoop
	return nil
}

// sequence is the values that a loop iterates over.
type sequence struct {
	length int
	at     func(int) any
}

// items returns the sequence of a loop: the items of a list, the numbers of a range, or the [name, value] pairs
// of an object sorted by name. It is empty for any other value.
func (r *Renderer) items(statement expressions.Loop) (sequence, error) {
	v, err := r.evaluate(statement.Expr)
	if err != nil {
		return sequence{}, err
	}
	var s sequence
	switch v := v.(type) {
	case values.Range:
		s = sequence{max(0, v.Len()), v.Index}
	case []any:
		s = sequence{len(v), func(i int) any { return v[i] }}
	case map[string]any:
		names, err := r.names(v)
		if err != nil {
			return sequence{}, err
		}
		s = sequence{len(names), func(i int) any { return []any{names[i], v[names[i]]} }}
	}
	offset, err := r.count(statement.Offset, 0)
	if err != nil {
		return sequence{}, err
	}
	limit, err := r.count(statement.Limit, s.length)
	if err != nil {
		return sequence{}, err
	}
	offset = min(offset, s.length)
	index := func(i int) int { return offset + i }
	if statement.Reversed {
		index = func(i int) int { return s.length - 1 - offset - i }
	}
	return sequence{min(limit, s.length-offset), func(i int) any { return s.at(index(i)) }}, nil
}

// count evaluates the number after limit: or offset:, which must not be negative.
func (r *Renderer) count(e expressions.Expression, otherwise int) (int, error) {
	if e == nil {
		return otherwise, nil
	}
	v, err := r.evaluate(e)
	if err != nil {
		return 0, err
	}
	n, ok := v.(int)
	if !ok || n < 0 {
		return 0, r.failure("limit and offset want a whole number")
	}
	return n, nil
}
