package filter

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonets/internal/excerpt"
)

// longestQuote is the maximum length of a quotation in an error, in characters.
const longestQuote = 60

// The filters for numbers. A text that is a number is treated as that number.

// sortItems sorts numbers by value, and everything else by its text.
func sortItems(in any, _ []any) (any, error) {
	type keyed struct {
		item     any
		text     string
		number   float64
		isNumber bool
	}
	keys := make([]keyed, 0, len(list(in)))
	for _, item := range list(in) { // convert once per item, not once per comparison
		n, err := number(item)
		keys = append(keys, keyed{item, Text(item), n, err == nil})
	}
	slices.SortStableFunc(keys, func(a, b keyed) int {
		if a.isNumber && b.isNumber {
			return cmp.Compare(a.number, b.number)
		}
		return strings.Compare(a.text, b.text)
	})
	sorted := make([]any, len(keys))
	for i, k := range keys {
		sorted[i] = k.item
	}
	return sorted, nil
}

func number(v any) (float64, error) {
	switch v := v.(type) {
	case int:
		return float64(v), nil
	case float64:
		return v, nil
	}
	text := strings.TrimSpace(Text(v))
	if text == "" {
		return 0, nil // missing
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", excerpt.FirstLine(text, longestQuote))
	}
	return f, nil
}

func arithmetic(compute func(a, b float64) float64) function {
	return func(in any, args []any) (any, error) {
		a, err := number(in)
		if err != nil {
			return nil, err
		}
		b, err := number(Item(args, 0))
		if err != nil {
			return nil, err
		}
		result := compute(a, b)
		if math.IsNaN(result) || math.IsInf(result, 0) {
			return nil, errors.New("division by zero, or a number too large")
		}
		return Value(result), nil
	}
}

func round(in any, args []any) (any, error) {
	n, err := number(in)
	if err != nil {
		return nil, err
	}
	places, err := strconv.Atoi(argument(args, 0, "0"))
	if err != nil || places < 0 || places > 9 {
		return nil, errors.New("it wants a number of places from 0 to 9")
	}
	power := math.Pow10(places)
	return Value(math.Round(n*power) / power), nil
}
