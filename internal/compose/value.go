package compose

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// present gives nil for an empty text, so that conditions and defaults take it for missing.
func present(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// plainValue reduces a value of an attribute to what templates know: text, whole numbers, other
// numbers, true and false, lists, objects, nothing. Anything else becomes its text, so that a
// template can never call a method.
func plainValue(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return present(v)
	case bool, int:
		return v
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int(v)
		}
		return v
	case json.Number:
		if f, err := v.Float64(); err == nil {
			return plainValue(f)
		}
		return v.String()
	case []any:
		items := make([]any, len(v))
		for i := range v {
			items[i] = plainValue(v[i])
		}
		return items
	case map[string]any:
		fields := make(map[string]any, len(v))
		for name, value := range v {
			if value = plainValue(value); value != nil {
				fields[name] = value
			}
		}
		return fields
	}
	return present(fmt.Sprint(v))
}

// toText is how a value reads in a letter. A list reads as "a, b, c"; an object has no text.
func toText(v any) string {
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
			text = toText(item)
		}
		if text != "" && b.Len() > 0 {
			b.WriteString(separator)
		}
		b.WriteString(text)
	}
	return b.String()
}
