package template

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/osteele/liquid/expressions"

	"gonets/internal/template/filter"
)

// Budget is the work that the templates of one e-mail may do, all of them together. Work is counted in steps
// and bytes and not timed, so that the same e-mail fails or succeeds on every machine. An operation whose work
// grows with a value is charged before it starts.
type Budget struct {
	steps int // left
	bytes int // left
}

// Reset restores the full budget, for the next e-mail.
func (b *Budget) Reset() { b.steps, b.bytes = maxSteps, maxTouched }

// spend charges steps.
func (r *Renderer) spend(steps int) error {
	if r.budget.steps -= steps; r.budget.steps < 0 {
		return r.limitError("too much work: more than %d steps; shorten the loops", maxSteps)
	}
	return nil
}

// touch charges bytes that are read, compared, copied or created.
func (r *Renderer) touch(bytes int) error {
	if r.budget.bytes -= bytes; r.budget.bytes < 0 {
		return r.limitError("too much work: filters, comparisons and values take more than %d KB; shorten the loops or the texts in them", maxTouched>>10)
	}
	return nil
}

// mustTouch is touch for methods that the library calls and that cannot return an error.
func (r *Renderer) mustTouch(bytes int) {
	if err := r.touch(bytes); err != nil {
		panic(expressions.FilterError{Err: err})
	}
}

// grow counts bytes of the result against its maximum.
func (r *Renderer) grow(bytes int) error {
	if r.room -= bytes; r.room < 0 {
		return r.limitError("the result is longer than %d KB", maxOutput>>10)
	}
	return nil
}

// limitError is the error of a template that exceeds a limit.
func (r *Renderer) limitError(format string, args ...any) error {
	return &Error{Field: r.field, Line: r.line, Detail: fmt.Sprintf(format, args...), LimitExceeded: true}
}

// object is an object among the client's attributes, with its names in order.
type object struct {
	fields map[string]any // a reference, so that its address is not given to another map
	names  []string
}

// names returns the names of an object in order. They are sorted once per rendering.
func (r *Renderer) names(fields map[string]any) ([]string, error) {
	at := reflect.ValueOf(fields).Pointer()
	if o, ok := r.objects[at]; ok {
		return o.names, nil
	}
	bytes := 0
	for name := range fields {
		bytes += len(name)
	}
	if err := r.touch(filter.SortingCost(len(fields), bytes)); err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(fields))
	if r.objects == nil {
		r.objects = map[uintptr]object{}
	}
	r.objects[at] = object{fields, names}
	return names, nil
}
