package filter

import (
	"math"
	"math/bits"
)

// ItemCost is the cost of reading one value in bytes, in addition to its text.
const ItemCost = 16

// longestNumber is about the length of the text of a very large or a very small number.
const longestNumber = 330

// Weight is the cost of reading a value once, in bytes.
func Weight(v any) int {
	bytes := ItemCost
	switch v := v.(type) {
	case string:
		bytes += len(v)
	case float64:
		if size := math.Abs(v); size > 1e20 || size < 1e-5 {
			bytes += longestNumber
		}
	case []any:
		for _, item := range v {
			bytes += Weight(item)
		}
	case map[string]any:
		for name, item := range v {
			bytes += len(name) + Weight(item)
		}
	}
	return bytes
}

// SortingCost is the cost of sorting so many items whose keys have so many bytes in total.
func SortingCost(items, bytes int) int { return (items*ItemCost + bytes) * bits.Len(uint(items)) }
