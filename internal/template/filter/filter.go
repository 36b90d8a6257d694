// Package filter has the filters of templates, such as upcase in {{ client.full_name | upcase }}, the values that
// they work on, and the cost of both. It does not limit the cost: its caller does.
package filter

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

// function computes a filter. Its error is a sentence for the author, without the
// name of the filter.
type function func(in any, args []any) (any, error)

// functions are all filters by name. Those of the Liquid library are not used: some expand ranges in memory,
// compile patterns from their arguments or cannot be stopped.
var functions = map[string]function{
	"default":    func(in any, args []any) (any, error) { return orDefault(in, args), nil },
	"upcase":     text(strings.ToUpper),
	"downcase":   text(strings.ToLower),
	"capitalize": text(capitalize),
	"strip":      text(strings.TrimSpace),
	"url_encode": text(url.QueryEscape),
	"append":     func(in any, args []any) (any, error) { return Text(in) + argument(args, 0, ""), nil },
	"prepend":    func(in any, args []any) (any, error) { return argument(args, 0, "") + Text(in), nil },
	"replace":    replace,
	"remove":     func(in any, args []any) (any, error) { return replace(in, []any{Item(args, 0)}) },
	"truncate":   truncate,
	"date":       date,
	"split":      split,
	"join":       func(in any, args []any) (any, error) { return joinTexts(list(in), argument(args, 0, " ")), nil },
	"first":      func(in any, _ []any) (any, error) { return Item(in, 0), nil },
	"last":       func(in any, _ []any) (any, error) { return Item(in, len(list(in))-1), nil },
	"size":       size,
	"reverse":    reverse,
	"sort":       sortItems,
	"plus":       arithmetic(func(a, b float64) float64 { return a + b }),
	"minus":      arithmetic(func(a, b float64) float64 { return a - b }),
	"times":      arithmetic(func(a, b float64) float64 { return a * b }),
	"divided_by": arithmetic(func(a, b float64) float64 { return a / b }),
	"modulo":     arithmetic(math.Mod),
	"round":      round,
	// Values are escaped when they are inserted, so these do nothing. They exist because authors bring templates
	// from other services.
	"escape":      func(in any, _ []any) (any, error) { return in, nil },
	"escape_once": func(in any, _ []any) (any, error) { return in, nil },
}

// Names returns the names of all filters in order.
func Names() []string { return slices.Sorted(maps.Keys(functions)) }

// Exists reports whether there is a filter of that name.
func Exists(name string) bool { return functions[name] != nil }

// cheap are the filters that never read the text or the items of a value.
var cheap = []string{"default", "first", "last", "escape", "escape_once"}

// Apply applies a filter that exists to a value. now is the time of the e-mail. It calls charge with the cost of the work in bytes, before the work
// and, for the length of the result, after it. An error of charge is returned as it is.
func Apply(name string, in any, args []any, now time.Time, charge func(bytes int) error) (any, error) {
	_, isList := in.([]any)
	isCheap := slices.Contains(cheap, name) || isList && name == "size"
	cost := ItemCost
	if !isCheap {
		cost += Weight(in) + Weight(args) + extraCost(name, in, args)
	}
	if err := charge(cost); err != nil {
		return nil, err
	}
	if text, ok := in.(string); ok && name == "date" && slices.Contains([]string{"now", "today"}, strings.ToLower(text)) {
		in = now.Format(time.RFC3339)
	}
	out, err := functions[name](in, args)
	if err != nil {
		return nil, err
	}
	if !isCheap {
		err = charge(Weight(out))
	}
	return out, err
}

// extraCost is the cost, in addition to the input, of filters whose result is longer than their input or that read
// their input more than once.
func extraCost(name string, in any, args []any) int {
	switch name {
	case "replace":
		return len(Text(in)) / max(1, len(argument(args, 0, ""))) * len(argument(args, 1, ""))
	case "split":
		return ItemCost * len(Text(in))
	case "join":
		return len(list(in)) * len(argument(args, 0, " "))
	case "sort":
		return SortingCost(len(list(in)), Weight(in))
	}
	return 0
}

func text(f func(string) string) function {
	return func(in any, _ []any) (any, error) { return f(Text(in)), nil }
}

// argument is the text of an argument, or otherwise if it was not given.
func argument(args []any, i int, otherwise string) string {
	if i >= len(args) {
		return otherwise
	}
	return Text(args[i])
}

func orDefault(in any, args []any) any {
	if len(args) == 0 || !IsMissing(in) {
		return in
	}
	return args[0]
}

// IsMissing reports whether a default replaces a value.
func IsMissing(v any) bool {
	items, ok := v.([]any)
	return !IsTrue(v) || ok && len(items) == 0
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
		return Text(in), nil
	}
	return strings.ReplaceAll(Text(in), old, argument(args, 1, "")), nil
}

// truncate cuts a text to so many characters (50 by default), including the ending.
func truncate(in any, args []any) (any, error) {
	length, err := strconv.Atoi(argument(args, 0, "50"))
	if err != nil || length < 0 {
		return nil, errors.New("it wants a whole number")
	}
	s, ending := []rune(Text(in)), []rune(argument(args, 1, "…"))
	if len(s) <= length {
		return string(s), nil
	}
	return string(s[:max(0, length-len(ending))]) + string(ending), nil
}

// dateLayouts are the accepted formats of a date in an attribute.
var dateLayouts = []string{time.RFC3339, "2006-01-02 15:04:05.999Z07:00", time.DateTime, time.DateOnly, "02.01.2006"}

// date formats a date: {{ client.attributes.since | date: "%d.%m.%Y" }}. A value that is not a date stays as it
// is.
func date(in any, args []any) (any, error) {
	layout := argument(args, 0, "")
	if len(layout) > 100 {
		return nil, errors.New("the layout of the date is too long")
	}
	for _, accepted := range dateLayouts {
		if when, err := time.Parse(accepted, Text(in)); err == nil && layout != "" {
			return strftime.Format(layout, when), nil
		}
	}
	return in, nil
}

func split(in any, args []any) (any, error) {
	if Text(in) == "" {
		return []any{}, nil
	}
	parts := strings.Split(Text(in), argument(args, 0, " "))
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

// Item returns an item of a list, or nil if there is none. Any other value than nil is a list of one item.
func Item(in any, i int) any {
	if items := list(in); i >= 0 && i < len(items) {
		return items[i]
	}
	return nil
}

func size(in any, _ []any) (any, error) {
	if items, ok := in.([]any); ok {
		return len(items), nil
	}
	return utf8.RuneCountInString(Text(in)), nil
}

func reverse(in any, _ []any) (any, error) {
	items := slices.Clone(list(in))
	slices.Reverse(items)
	return items, nil
}
