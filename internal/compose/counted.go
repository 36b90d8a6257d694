package compose

import (
	"fmt"
	"strings"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/values"
)

// counted is a text, a list or an object as the library sees it. The library's own values compare and
// search at no cost; these take what they do off the budget. They panic with an expressions.FilterError,
// which the library turns into an error, when there is nothing left.
type counted struct {
	r *rendering
	v any
}

// counted makes a value for the library. Numbers, true, false and nothing cost nothing to compare.
func (r *rendering) counted(v any) any {
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
	b, too := other.Interface().(string)
	if !ok || !too {
		return false
	}
	c.r.mustTouch(min(len(a), len(b)))
	return a < b
}

// Contains reports whether a text has another one in it, a list an item, or an object a name.
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
			c.r.mustTouch(itemCost)
			if c.r.equal(item, wanted) {
				return true
			}
		}
	case map[string]any:
		if name, ok := wanted.(string); ok {
			_, there := v[name]
			return there
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
			return c.value(item(v, 0))
		case "last":
			return c.value(item(v, len(v)-1))
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

// equal compares two values. It panics as the methods of counted do.
func (r *rendering) equal(a, b any) bool {
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
			r.mustTouch(itemCost)
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
			r.mustTouch(itemCost + len(name))
			if other, there := b[name]; !there || !r.equal(v, other) {
				return false
			}
		}
		return true
	}
	return values.Equal(a, b)
}

// overrun is the error in what counted panics with, or nil.
func overrun(panicked any) error {
	if failure, ok := panicked.(expressions.FilterError); ok {
		return failure.Err
	}
	return nil
}
