package compose

import (
	"fmt"
	"maps"
	"math"
	"math/bits"
	"reflect"
	"slices"

	"github.com/osteele/liquid/expressions"
)

// budget is what may be spent on the templates of one mail, all of them together. It is counted, never
// timed: the same mail fails or succeeds on every machine. Whatever takes work in proportion to a value
// pays before it works, so that nothing is done that the budget does not cover.
type budget struct {
	steps int // left
	bytes int // left
}

func (b *budget) reset() { b.steps, b.bytes = maxSteps, maxTouched }

// itemCost is what touching one value costs in bytes, beside its text.
const itemCost = 16

// spend takes steps off the budget.
func (r *rendering) spend(steps int) error {
	if r.budget.steps -= steps; r.budget.steps < 0 {
		return r.runaway("too much work: more than %d steps; shorten the loops", maxSteps)
	}
	return nil
}

// touch takes bytes that are read, compared, copied or made off the budget.
func (r *rendering) touch(bytes int) error {
	if r.budget.bytes -= bytes; r.budget.bytes < 0 {
		return r.runaway("too much work: filters, comparisons and values take more than %d KB; shorten the loops or the texts in them", maxTouched>>10)
	}
	return nil
}

// mustTouch is touch for code that the library calls and that cannot return an error.
func (r *rendering) mustTouch(bytes int) {
	if err := r.touch(bytes); err != nil {
		panic(expressions.FilterError{Err: err})
	}
}

// grow takes bytes off the room that the result has.
func (r *rendering) grow(bytes int) error {
	if r.room -= bytes; r.room < 0 {
		return r.runaway("the result is longer than %d KB", maxOutput>>10)
	}
	return nil
}

// runaway is the failure of a template that passes a limit.
func (r *rendering) runaway(format string, args ...any) error {
	return &TemplateError{Field: r.field, Line: r.line, Detail: fmt.Sprintf(format, args...), runaway: true}
}

// longestNumber is about how long the text of a very large or a very small number is.
const longestNumber = 330

// weight is the cost of going through a value once, in bytes.
func weight(v any) int {
	bytes := itemCost
	switch v := v.(type) {
	case string:
		bytes += len(v)
	case float64:
		if size := math.Abs(v); size > 1e20 || size < 1e-5 {
			bytes += longestNumber
		}
	case []any:
		for _, item := range v {
			bytes += weight(item)
		}
	case map[string]any:
		for name, item := range v {
			bytes += len(name) + weight(item)
		}
	}
	return bytes
}

// sorting is the cost of sorting so many items whose keys have so many bytes in all.
func sorting(items, bytes int) int { return (items*itemCost + bytes) * bits.Len(uint(items)) }

// object is an object of the client, and its names in order.
type object struct {
	fields map[string]any // kept so that nothing else gets its address
	names  []string
}

// names gives the names of an object in order. They are sorted once a rendering.
func (r *rendering) names(fields map[string]any) ([]string, error) {
	at := reflect.ValueOf(fields).Pointer()
	if known, ok := r.objects[at]; ok {
		return known.names, nil
	}
	bytes := 0
	for name := range fields {
		bytes += len(name)
	}
	if err := r.touch(sorting(len(fields), bytes)); err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(fields))
	if r.objects == nil {
		r.objects = map[uintptr]object{}
	}
	r.objects[at] = object{fields, names}
	return names, nil
}
