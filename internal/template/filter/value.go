package filter

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Value converts the value of an attribute to one of the types that templates use: string, int, float64, bool,
// []any, map[string]any and nil. An empty text becomes nil, so that conditions and defaults treat it as missing. Any
// other value becomes its text, so that a template can never call a Go method.
func Value(in any) any {
	switch v := in.(type) {
	case nil, bool, int:
		return in
	case string:
		if v == "" {
			return nil
		}
		return in
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int(v)
		}
		return in
	case json.Number:
		if f, err := v.Float64(); err == nil {
			return Value(f)
		}
		return v.String()
	case []any:
		items := make([]any, len(v))
		for i := range v {
			items[i] = Value(v[i])
		}
		return items
	case map[string]any:
		fields := make(map[string]any, len(v))
		for name, value := range v {
			if value = Value(value); value != nil {
				fields[name] = value
			}
		}
		return fields
	}
	return Value(fmt.Sprint(in))
}

// IsTrue reports whether a condition is true. Unlike in other Liquid, an empty text is false: authors want to know
// whether a field was filled in.
func IsTrue(v any) bool { return v != nil && v != false && v != "" }

// Text is the text of a value in an e-mail. A list becomes "a, b, c"; an object has no text.
func Text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil, map[string]any:
		return ""
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return joinTexts(v, ", ")
	}
	return ""
}

func joinTexts(items []any, separator string) string {
	var b strings.Builder
	for _, item := range items {
		text := ""
		if _, nested := item.([]any); !nested {
			text = Text(item)
		}
		if text != "" && b.Len() > 0 {
			b.WriteString(separator)
		}
		b.WriteString(text)
	}
	return b.String()
}
