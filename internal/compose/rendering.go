package compose

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/osteele/liquid/expressions"
)

// rendering is one walk through one template for one addressee. Its result is a path (which literals
// and outputs were visited, in order) and the values of the outputs: what depends on the path alone
// can then be computed once and kept, see outcomes.
type rendering struct {
	who    *Addressee
	path   []byte   // a varint a visit: 2 × number of a literal, or 2 × number of an output + 1
	values []string // of the outputs, in the order of the path

	field    string   // of the template
	line     int      // where the walk is
	budget   *budget  // shared by all templates of the mail
	room     int      // bytes of output left
	literals []string // of the template

	bound      bool           // bindings and attributes are filled
	bindings   map[string]any // for the library
	attributes map[string]any // of the addressee, reduced to what templates know
	objects    map[uintptr]object
	context    expressions.Context
}

func newRendering(b *budget) *rendering {
	r := &rendering{bindings: map[string]any{}, budget: b}
	config := expressions.NewConfig()
	for name, filter := range filters {
		config.AddFilter(name, func(in any, args ...any) (any, error) { return r.filter(name, filter, in, args) })
	}
	r.context = expressions.NewContext(r.bindings, config)
	return r
}

// run walks through t for a. It fails with a *TemplateError.
func (r *rendering) run(t *template, a *Addressee) (err error) {
	r.who, r.field, r.line, r.literals = a, t.field, 1, t.literals
	r.path, r.values = r.path[:0], r.values[:0]
	r.room = maxOutput
	defer func() {
		if panicked := recover(); panicked != nil { // the library panics on some mixtures of types
			if err = overrun(panicked); err == nil {
				err = r.failure("cannot be computed")
			}
		}
		if r.bound {
			clear(r.bindings)
			r.attributes, r.objects, r.bound = nil, nil, false
		}
		r.who = nil
	}()
	return r.nodes(t.root)
}

func (r *rendering) failure(format string, args ...any) error {
	return &TemplateError{Field: r.field, Line: r.line, Detail: fmt.Sprintf(format, args...)}
}

func (r *rendering) nodes(nodes []node) error {
	for _, n := range nodes {
		if err := n.walk(r); err != nil {
			return err
		}
	}
	return nil
}

func (n *literal) walk(r *rendering) error {
	r.path = binary.AppendUvarint(r.path, uint64(n.number)<<1)
	if err := r.spend(1); err != nil {
		return err
	}
	return r.grow(len(r.literals[n.number]))
}

func (n *output) walk(r *rendering) error {
	r.line = n.line
	if err := r.spend(1); err != nil {
		return err
	}
	v, err := n.value.value(r)
	if err != nil {
		return err
	}
	// Before it is cleaned: that may leave nothing that counts as output.
	text, isText := v.(string)
	if isText {
		err = r.touch(itemCost + len(text))
	} else {
		err = r.touch(weight(v))
	}
	if err != nil {
		return err
	}
	if !isText {
		text = toText(v)
	}
	text = cleanText(text)
	r.path = binary.AppendUvarint(r.path, uint64(n.number)<<1|1)
	r.values = append(r.values, text)
	return r.grow(len(text))
}

func (n *branch) walk(r *rendering) error {
	for _, a := range n.arms {
		holds := true
		if a.condition != nil {
			r.line = a.line
			if err := r.spend(1); err != nil {
				return err
			}
			v, err := a.condition.value(r)
			if err != nil {
				return err
			}
			holds = holdsTrue(v) != a.negated
		}
		if holds {
			return r.nodes(a.body)
		}
	}
	return nil
}

// holdsTrue is the truth of a value in a condition. Unlike in Liquid elsewhere an empty text does not
// hold, because a field that was left empty is what authors ask about.
func holdsTrue(v any) bool { return v != nil && v != false && v != "" }

func (n *choice) walk(r *rendering) error {
	r.line = n.line
	if err := r.spend(1); err != nil {
		return err
	}
	subject, err := n.subject.value(r)
	if err != nil {
		return err
	}
	for _, a := range n.arms {
		if a.values == nil {
			return r.nodes(a.body)
		}
		r.line = a.line
		if err := r.spend(a.cost); err != nil {
			return err
		}
		for _, candidate := range a.values {
			v, err := candidate.value(r)
			if err != nil {
				return err
			}
			if r.equal(subject, v) {
				return r.nodes(a.body)
			}
		}
	}
	return nil
}

func (n *assignment) walk(r *rendering) error {
	r.line = n.line
	if err := r.spend(1); err != nil {
		return err
	}
	v, err := n.value.value(r)
	if err != nil {
		return err
	}
	r.bind()
	r.bindings[n.name] = r.counted(v)
	return nil
}

// evaluate has the library compute an expression.
func (r *rendering) evaluate(e expressions.Expression) (any, error) {
	r.bind()
	v, err := e.Evaluate(r.context)
	if err == nil {
		return v, nil
	}
	var own *TemplateError
	var filter expressions.FilterError
	switch {
	case errors.As(err, &own):
		return nil, own
	case errors.As(err, &filter) && errors.As(filter.Err, &own):
		return nil, own
	case errors.As(err, &filter):
		return nil, r.failure("the filter %s cannot be used here: %v", filter.FilterName, filter.Err)
	}
	return nil, r.failure("cannot be computed: %s", err)
}

// bind fills the bindings, when the first expression asks for them.
func (r *rendering) bind() {
	if r.bound {
		return
	}
	r.bound = true
	r.attributes = make(map[string]any, len(r.who.Attributes))
	for name, v := range r.who.Attributes {
		if v = plainValue(v); v != nil {
			r.attributes[name] = v
		}
	}
	r.bindings["client"] = r.counted(map[string]any{
		"full_name":  present(r.who.FullName),
		"email":      present(r.who.Email),
		"attributes": r.attributes,
	})
	r.bindings["unsubscribe_url"] = r.counted(present(r.who.UnsubscribeURL))
	r.bindings["view_url"] = r.counted(present(r.who.ViewURL))
}

func (s simple) value(r *rendering) (any, error) {
	var v any
	switch s.field {
	case fullName:
		v = r.who.FullName
	case emailAddress:
		v = r.who.Email
	case unsubscribeURL:
		v = r.who.UnsubscribeURL
	case viewURL:
		v = r.who.ViewURL
	case attribute:
		v = r.attribute(s.name)
	}
	if s.fallback != "" && missing(v) {
		return s.fallback, nil
	}
	return v, nil
}

// attribute gives an attribute as templates know it. Lists and objects are reduced once, not at each visit.
func (r *rendering) attribute(name string) any {
	v := r.who.Attributes[name]
	switch v.(type) {
	case nil, string, bool, int, float64:
		return plainValue(v)
	}
	r.bind()
	return r.attributes[name]
}

func (c compound) value(r *rendering) (any, error) {
	if err := r.spend(c.cost); err != nil {
		return nil, err
	}
	return r.evaluate(c.expr)
}
