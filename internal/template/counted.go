package template

import (
	"fmt"
	"strings"

	"github.com/osteele/liquid/values"

	"gonets/internal/template/filter"
)

// counted is a text, a list or an object as the library sees it. The library's own values are compared and
// searched without a limit; these charge the work to the budget. When the budget is used up, they panic with
// an expressions.FilterError, which the library turns into an error.
type counted struct {
	r *Renderer
	v any
}

// counted wraps a value for the library. Numbers, booleans and nil are cheap to compare and stay as they are.
func (r *Renderer) counted(v any) any {
	switch v.(type) {
	case string, []any, map[string]any:
		return counted{r, v}
	}
	return v
}

// The methods of values.Value.

func (c counted) Interface() any { return c.v }
func (c counted) Test() bool     { return true }

func (c counted) Int() int { panic(values.TypeError("a whole number is wanted here")) }

func (c counted) Equal(other values.Value) bool { return c.r.equal(c.v, other.Interface()) }

func (c counted) Less(other values.Value) bool {
	a, ok := c.v.(string)
	b, bothTexts := other.Interface().(string)
	if !ok || !bothTexts {
		return false
	}
	c.r.mustTouch(min(len(a), len(b)))
	return a < b
}

// Contains reports whether a text contains another text, a list an item, or an object a name.
func (c counted) Contains(other values.Value) bool {
	wanted := other.Interface()
	switch v := c.v.(type) {
	case string:
		var part string
		switch wanted := wanted.(type) {
		case string:
			part = wanted
		case []any, map[string]any:
			return false
		default:
			part = fmt.Sprint(wanted)
		}
		c.r.mustTouch(len(v) + len(part))
		return strings.Contains(v, part)
	case []any:
		for _, item := range v {
			c.r.mustTouch(filter.ItemCost)
			if c.r.equal(item, wanted) {
				return true
			}
		}
	case map[string]any:
		if name, ok := wanted.(string); ok {
			_, ok := v[name]
			return ok
		}
	}
	return false
}

func (c counted) IndexValue(index values.Value) values.Value {
	switch v := c.v.(type) {
	case []any:
		n := -1 - len(v)
		switch i := index.Interface().(type) {
		case int:
			n = i
		case float64:
			n = int(i)
		}
		if n < 0 {
			n += len(v)
		}
		if n >= 0 && n < len(v) {
			return c.value(v[n])
		}
	case map[string]any:
		if name, ok := index.Interface().(string); ok {
			return c.value(v[name])
		}
	}
	return c.value(nil)
}

func (c counted) PropertyValue(property values.Value) values.Value {
	name, _ := property.Interface().(string)
	switch v := c.v.(type) {
	case string:
		if name == "size" {
			return c.value(len(v))
		}
	case []any:
		switch name {
		case "first":
			return c.value(filter.Item(v, 0))
		case "last":
			return c.value(filter.Item(v, len(v)-1))
		case "size":
			return c.value(len(v))
		}
	case map[string]any:
		if field, ok := v[name]; ok {
			return c.value(field)
		}
		if name == "size" {
			return c.value(len(v))
		}
	}
	return c.value(nil)
}

func (c counted) value(v any) values.Value { return values.ValueOf(c.r.counted(v)) }

// equal compares two values. It panics like the methods of counted when the budget is used up.
func (r *Renderer) equal(a, b any) bool {
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		if !ok || len(a) != len(b) {
			return false
		}
		r.mustTouch(len(a))
		return a == b
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			r.mustTouch(filter.ItemCost)
			if !r.equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, v := range a {
			r.mustTouch(filter.ItemCost + len(name))
			if other, ok := b[name]; !ok || !r.equal(v, other) {
				return false
			}
		}
		return true
	}
	return values.Equal(a, b)
}

// converted are the values of an object, each converted by filter.Value. Missing ones are left out.
func converted(fields map[string]any) map[string]any {
	values := make(map[string]any, len(fields))
	for name, v := range fields {
		if v = filter.Value(v); v != nil {
			values[name] = v
		}
	}
	return values
}
