package compose

import (
	"errors"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ncruces/go-strftime"
)

// filter is a function that a template can apply: {{ in | name: args }}.
type filter func(in any, args []any) (any, error)

// filters are all there are. The library's own are not used: some lay out ranges in memory, compile
// patterns from their arguments or cannot be stopped.
var filters = map[string]filter{
	"default":    func(in any, args []any) (any, error) { return orDefault(in, args), nil },
	"upcase":     text(strings.ToUpper),
	"downcase":   text(strings.ToLower),
	"capitalize": text(capitalize),
	"strip":      text(strings.TrimSpace),
	"url_encode": text(url.QueryEscape),
	"append":     func(in any, args []any) (any, error) { return toText(in) + argument(args, 0, ""), nil },
	"prepend":    func(in any, args []any) (any, error) { return argument(args, 0, "") + toText(in), nil },
	"replace":    replace,
	"remove":     func(in any, args []any) (any, error) { return replace(in, []any{item(args, 0)}) },
	"truncate":   truncate,
	"date":       date,
	"split":      split,
	"join":       func(in any, args []any) (any, error) { return joinTexts(list(in), argument(args, 0, " ")), nil },
	"first":      func(in any, _ []any) (any, error) { return item(in, 0), nil },
	"last":       func(in any, _ []any) (any, error) { return item(in, len(list(in))-1), nil },
	"size":       size,
	"reverse":    reverse,
	"sort":       sortItems,
	"plus":       arithmetic(func(a, b float64) float64 { return a + b }),
	"minus":      arithmetic(func(a, b float64) float64 { return a - b }),
	"times":      arithmetic(func(a, b float64) float64 { return a * b }),
	"divided_by": arithmetic(func(a, b float64) float64 { return a / b }),
	"modulo":     arithmetic(math.Mod),
	"round":      round,
	// Values are escaped where they are put, so these have nothing left to do. They are here
	// because authors bring them along from other services.
	"escape":      func(in any, _ []any) (any, error) { return in, nil },
	"escape_once": func(in any, _ []any) (any, error) { return in, nil },
}

func filterNames() string { return strings.Join(slices.Sorted(maps.Keys(filters)), ", ") }

// untouching are the filters that never go through the text or the items of a value.
var untouching = []string{"default", "first", "last", "escape", "escape_once"}

// filter applies a filter within the budget.
func (r *rendering) filter(name string, apply filter, in any, args []any) (any, error) {
	_, isList := in.([]any)
	touches := !slices.Contains(untouching, name) && !(isList && name == "size")
	cost := itemCost
	if touches {
		cost += weight(in) + weight(args) + filterCost(name, in, args)
	}
	if err := r.touch(cost); err != nil {
		return nil, err
	}
	out, err := apply(in, args)
	if err != nil {
		return nil, err
	}
	if touches {
		err = r.touch(weight(out))
	}
	return r.counted(out), err
}

// filterCost is what filters that make much out of little, or that go through their input more than
// once, cost beside their input.
func filterCost(name string, in any, args []any) int {
	switch name {
	case "replace":
		return len(toText(in)) / max(1, len(argument(args, 0, ""))) * len(argument(args, 1, ""))
	case "split":
		return itemCost * len(toText(in))
	case "join":
		return len(list(in)) * len(argument(args, 0, " "))
	case "sort":
		return sorting(len(list(in)), weight(in))
	}
	return 0
}

func text(f func(string) string) filter {
	return func(in any, _ []any) (any, error) { return f(toText(in)), nil }
}

// argument is the text of an argument, or another one if it was not given.
func argument(args []any, i int, otherwise string) string {
	if i >= len(args) {
		return otherwise
	}
	return toText(args[i])
}

func orDefault(in any, args []any) any {
	if len(args) == 0 || !missing(in) {
		return in
	}
	return args[0]
}

// missing reports whether a default takes the place of a value.
func missing(v any) bool {
	items, ok := v.([]any)
	return !holdsTrue(v) || ok && len(items) == 0
}

func capitalize(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[n:]
}

func replace(in any, args []any) (any, error) {
	old := argument(args, 0, "")
	if old == "" {
		return toText(in), nil
	}
	return strings.ReplaceAll(toText(in), old, argument(args, 1, "")), nil
}

// truncate cuts a text to so many characters (50 if not told), the ending included.
func truncate(in any, args []any) (any, error) {
	length, err := strconv.Atoi(argument(args, 0, "50"))
	if err != nil || length < 0 {
		return nil, errors.New("it wants a whole number")
	}
	s, ending := []rune(toText(in)), []rune(argument(args, 1, "…"))
	if len(s) <= length {
		return string(s), nil
	}
	return string(s[:max(0, length-len(ending))]) + string(ending), nil
}

// dateLayouts are the ways in which an attribute may hold a date.
var dateLayouts = []string{time.RFC3339, "2006-01-02 15:04:05.999Z07:00", time.DateTime, time.DateOnly, "02.01.2006"}

// date writes a date in another way: {{ client.attributes.since | date: "%d.%m.%Y" }}. What is no date
// stays as it is.
func date(in any, args []any) (any, error) {
	layout := argument(args, 0, "")
	if len(layout) > 100 {
		return nil, errors.New("the layout of the date is too long")
	}
	for _, known := range dateLayouts {
		if when, err := time.Parse(known, toText(in)); err == nil && layout != "" {
			return strftime.Format(layout, when), nil
		}
	}
	return in, nil
}

func split(in any, args []any) (any, error) {
	if toText(in) == "" {
		return []any{}, nil
	}
	parts := strings.Split(toText(in), argument(args, 0, " "))
	items := make([]any, len(parts))
	for i, part := range parts {
		items[i] = part
	}
	return items, nil
}

func list(in any) []any {
	if items, ok := in.([]any); ok {
		return items
	}
	if in == nil {
		return nil
	}
	return []any{in}
}

func item(in any, i int) any {
	if items := list(in); i >= 0 && i < len(items) {
		return items[i]
	}
	return nil
}

func size(in any, _ []any) (any, error) {
	if items, ok := in.([]any); ok {
		return len(items), nil
	}
	return utf8.RuneCountInString(toText(in)), nil
}

func reverse(in any, _ []any) (any, error) {
	items := slices.Clone(list(in))
	slices.Reverse(items)
	return items, nil
}
