package database

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/tools/types"
)

// idCounter tells apart the ids of one millisecond in one process.
var idCounter atomic.Uint32

// newID returns an id for a record that is written by SQL: 15 letters and digits like PocketBase's
// own, but growing with time (8 characters of milliseconds, 3 that count, 4 at random), so that many
// of them go to the end of an index instead of all over it.
func newID() string {
	return base36(uint64(time.Now().UnixMilli()), 8) +
		base36(uint64(idCounter.Add(1)), 3) +
		base36(rand.Uint64(), 4)
}

// base36 writes the last digits of n.
func base36(n uint64, digits int) string {
	s := strconv.FormatUint(n, 36)
	if len(s) < digits {
		return strings.Repeat("0", digits-len(s)) + s
	}
	return s[len(s)-digits:]
}

// now is the time as PocketBase writes it into created and updated.
func now() string { return types.NowDateTime().String() }

// stampBefore is the time that long ago, as now writes it.
func stampBefore(d time.Duration) string {
	return types.NowDateTime().Add(-d).String()
}
