package template

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/osteele/liquid/expressions"

	"gonets/internal/printable"
	"gonets/internal/template/filter"
)

// Renderer renders templates. The result is the path through the template (which texts and outputs were visited,
// in order) and the values of the outputs: what depends on the path alone can then be computed once and kept for
// many e-mails. A Renderer can be used again, but not by two goroutines at once.
type Renderer struct {
	// Path has a varint for each text (2 × its number) and each output (2 × its number + 1) that was visited.
	// Path and Outputs are valid until the next Run.
	Path    []byte
	Outputs []string // the values of the outputs in the order of the path, not escaped

	values *Values
	field  string  // of the template
	line   int     // of the tag that is being evaluated
	budget *Budget // shared by all templates of one e-mail
	room   int     // bytes of output left

	literals   []string       // of the template
	isBound    bool           // bindings and attributes are filled
	bindings   map[string]any // variables for the library
	attributes map[string]any // of the client, converted by filter.Value
	objects    map[uintptr]object
	context    expressions.Context
}

// NewRenderer returns a Renderer that charges its work to a budget.
func NewRenderer(b *Budget) *Renderer {
	r := &Renderer{bindings: map[string]any{}, budget: b}
	config := expressions.NewConfig()
	for _, name := range filter.Names() {
		config.AddFilter(name, func(in any, args ...any) (any, error) {
			out, err := filter.Apply(name, in, args, r.values.Now, r.touch)
			return r.counted(out), err
		})
	}
	r.context = expressions.NewContext(r.bindings, config)
	return r
}

// Run renders t. Its error is an *Error.
func (r *Renderer) Run(t *Template, values *Values) (err error) {
	r.values, r.field, r.line, r.literals = values, t.Field, 1, t.literals
	r.Path, r.Outputs = r.Path[:0], r.Outputs[:0]
	r.room = maxOutput
	defer func() {
		if panicked := recover(); panicked != nil { // the library panics on some combinations of types
			if failure, ok := panicked.(expressions.FilterError); ok && failure.Err != nil { // of mustTouch
				err = failure.Err
			} else {
				err = r.failure("cannot be computed")
			}
		}
		if r.isBound {
			clear(r.bindings)
			r.attributes, r.objects, r.isBound = nil, nil, false
		}
		r.values = nil
	}()
	return r.nodes(t.root)
}

// AppendText appends what Run rendered t to, with the values as they are.
func (r *Renderer) AppendText(dst []byte, t *Template) []byte {
	for s := range t.Along(r.Path) {
		if s.Output == nil {
			dst = append(dst, s.Literal...)
		} else {
			dst = append(dst, r.Outputs[s.Nth]...)
		}
	}
	return dst
}

func (r *Renderer) failure(format string, args ...any) error {
	return &Error{Field: r.field, Line: r.line, Detail: fmt.Sprintf(format, args...)}
}

func (r *Renderer) nodes(nodes []node) error {
	for _, n := range nodes {
		if err := n.walk(r); err != nil {
			return err
		}
	}
	return nil
}

func (n *literal) walk(r *Renderer) error {
	r.Path = binary.AppendUvarint(r.Path, uint64(n.number)<<1)
	if err := r.spend(1); err != nil {
		return err
	}
	return r.grow(len(r.literals[n.number]))
}

func (o *Output) walk(r *Renderer) error {
	r.line = o.line
	if err := r.spend(1); err != nil {
		return err
	}
	v, err := o.value.value(r)
	if err != nil {
		return err
	}
	// Charged before it is cleaned, which may leave an empty text.
	text, isText := v.(string)
	if isText {
		err = r.touch(filter.ItemCost + len(text))
	} else {
		err = r.touch(filter.Weight(v))
	}
	if err != nil {
		return err
	}
	if !isText {
		text = filter.Text(v)
	}
	text = printable.Clean(text)
	r.Path = binary.AppendUvarint(r.Path, uint64(o.number)<<1|1)
	r.Outputs = append(r.Outputs, text)
	return r.grow(len(text))
}

func (n *branch) walk(r *Renderer) error {
	for _, a := range n.arms {
		isChosen := true
		if a.condition != nil {
			r.line = a.line
			if err := r.spend(1); err != nil {
				return err
			}
			v, err := a.condition.value(r)
			if err != nil {
				return err
			}
			isChosen = filter.IsTrue(v) != a.negated
		}
		if isChosen {
			return r.nodes(a.body)
		}
	}
	return nil
}

func (n *choice) walk(r *Renderer) error {
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

func (n *assignment) walk(r *Renderer) error {
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

// evaluate lets the library evaluate an expression.
func (r *Renderer) evaluate(e expressions.Expression) (any, error) {
	r.bind()
	v, err := e.Evaluate(r.context)
	if err == nil {
		return v, nil
	}
	var limit *Error
	var failed expressions.FilterError
	switch {
	case errors.As(err, &limit):
		return nil, limit
	case errors.As(err, &failed) && errors.As(failed.Err, &limit):
		return nil, limit
	case errors.As(err, &failed):
		return nil, r.failure("the filter %s cannot be used here: %v", failed.FilterName, failed.Err)
	}
	return nil, r.failure("cannot be computed: %s", err)
}

// bind fills the bindings when the first expression needs them.
func (r *Renderer) bind() {
	if r.isBound {
		return
	}
	r.isBound = true
	r.attributes = converted(r.values.Attributes)
	r.bindings["data"] = r.counted(converted(r.values.Data))
	r.bindings["client"] = r.counted(map[string]any{
		"full_name":  filter.Value(r.values.FullName),
		"first_name": filter.Value(r.values.firstName()),
		"email":      filter.Value(r.values.Email),
		"attributes": r.attributes,
	})
	if b := r.values.Brand; b != (Brand{}) {
		r.bindings["brand"] = r.counted(map[string]any{
			"name": filter.Value(b.Name), "address": filter.Value(b.Address), "site": filter.Value(b.Site),
		})
	}
	r.bindings[UnsubscribeURL] = r.counted(filter.Value(r.values.UnsubscribeURL))
	r.bindings[ViewURL] = r.counted(filter.Value(r.values.ViewURL))
}

func (s simple) value(r *Renderer) (any, error) {
	var v any
	switch s.field {
	case fullName:
		v = r.values.FullName
	case firstName:
		v = r.values.firstName()
	case emailAddress:
		v = r.values.Email
	case unsubscribeURL:
		v = r.values.UnsubscribeURL
	case viewURL:
		v = r.values.ViewURL
	case brandName:
		v = r.values.Brand.Name
	case brandAddress:
		v = r.values.Brand.Address
	case brandSite:
		v = r.values.Brand.Site
	case attribute:
		v = r.attribute(s.name)
	}
	if s.fallback != "" && filter.IsMissing(v) {
		return s.fallback, nil
	}
	return v, nil
}

// attribute returns an attribute, converted by filter.Value. Lists and objects are converted once per rendering.
func (r *Renderer) attribute(name string) any {
	v := r.values.Attributes[name]
	switch v.(type) {
	case nil, string, bool, int, float64:
		return filter.Value(v)
	}
	r.bind()
	return r.attributes[name]
}

func (c compound) value(r *Renderer) (any, error) {
	if err := r.spend(c.cost); err != nil {
		return nil, err
	}
	return r.evaluate(c.expr)
}
