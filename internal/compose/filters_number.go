package compose

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The filters that count. A text that is a number counts as one.

func sortItems(in any, _ []any) (any, error) {
	items := slices.Clone(list(in))
	slices.SortStableFunc(items, func(a, b any) int {
		x, errX := number(a)
		y, errY := number(b)
		if errX == nil && errY == nil {
			return cmp.Compare(x, y)
		}
		return strings.Compare(toText(a), toText(b))
	})
	return items, nil
}

func number(v any) (float64, error) {
	switch v := v.(type) {
	case int:
		return float64(v), nil
	case float64:
		return v, nil
	}
	text := strings.TrimSpace(toText(v))
	if text == "" {
		return 0, nil // missing
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return f, nil
}

func arithmetic(compute func(a, b float64) float64) filter {
	return func(in any, args []any) (any, error) {
		a, err := number(in)
		if err != nil {
			return nil, err
		}
		b, err := number(item(args, 0))
		if err != nil {
			return nil, err
		}
		result := compute(a, b)
		if math.IsNaN(result) || math.IsInf(result, 0) {
			return nil, errors.New("division by zero, or a number too large")
		}
		return plainValue(result), nil
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
	return plainValue(math.Round(n*power) / power), nil
}
