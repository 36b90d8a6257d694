package database

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/tools/types"
)

// What rows that are written by SQL, without PocketBase's records, need.

// idCounter distinguishes the ids that one process makes in the same millisecond.
var idCounter atomic.Uint32

// NewID returns an id for a row: 15 letters and digits like PocketBase's own, but growing with time (8 characters of
// milliseconds, 3 of a counter, 4 random ones), so that new rows go to the end of an index.
func NewID() string {
	return Base36(uint64(time.Now().UnixMilli()), 8) + Base36(uint64(idCounter.Add(1)), 3) + Base36(rand.Uint64(), 4)
}

// Base36 writes the last digits of n in base 36.
func Base36(n uint64, digits int) string {
	s := strconv.FormatUint(n, 36)
	if len(s) < digits {
		return strings.Repeat("0", digits-len(s)) + s
	}
	return s[len(s)-digits:]
}

// Stamp writes a time as PocketBase stores dates: 2026-03-01 09:00:00.000Z.
func Stamp(t time.Time) string { return t.UTC().Format(types.DefaultDateLayout) }

// JSONArray writes values for json_each.
func JSONArray[V ~string | ~int64](values []V) string {
	if values == nil {
		return "[]"
	}
	encoded, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return string(encoded)
}
