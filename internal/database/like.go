package database

import (
	"database/sql/driver"
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite"
)

// sqliteMaxPattern is SQLite's own limit of a pattern, in bytes (SQLITE_MAX_LIKE_PATTERN_LENGTH).
const sqliteMaxPattern = 50_000

// registerLike replaces the driver's LIKE (https://www.sqlite.org/lang_expr.html#like) for every connection that is
// opened afterwards. SQLite's own knows the case of Latin letters only, so that a search for «иван» would not find
// «Иван». Filters of the API, the admin UI's search and our own SQL all compile to LIKE, so all of them use this one;
// a column with folded texts beside each one that is searched would have to be kept by every writer, and SQL that does
// not know of it would miss it. No index is lost: SQLite uses one for LIKE on NOCASE columns only, of which there are
// none.
//
// ё and е are the same character to it, because people write Артём as Артем and look for either.
var registerLike = sync.OnceValue(func() error {
	return sqlite.RegisterFunction("like", &sqlite.FunctionImpl{
		NArgs:         -1, // two, and three with ESCAPE
		Deterministic: true,
		Scalar:        call,
		VolatileArgs:  true, // texts are SQLite's own memory, good until call returns
	})
})

// compiled are patterns by their hash: a statement asks thousands of rows for the same few.
var (
	compiled [256]atomic.Pointer[pattern]
	seed     = maphash.MakeSeed()
)

// maxCompiled is the length in bytes of the patterns that are kept. Longer ones come from a column, and differ
// from row to row.
const maxCompiled = 2048

// patternOf compiles a pattern, or finds it compiled. The texts need not stay as they are.
func patternOf(source, escape string) (*pattern, error) {
	if len(source) > maxCompiled {
		return compile(source, escape)
	}
	kept := &compiled[maphash.String(seed, source)%uint64(len(compiled))]
	if p := kept.Load(); p != nil && p.source == source && p.escape == escape {
		return p, nil
	}
	p, err := compile(strings.Clone(source), strings.Clone(escape))
	if err == nil {
		kept.Store(p)
	}
	return p, err
}

// call is like(pattern, text[, escape]), which SQLite makes of "text LIKE pattern ESCAPE escape".
func call(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	for _, arg := range args {
		if arg == nil {
			return nil, nil
		}
	}
	source, escape := text(args[0]), ""
	if len(args) == 3 {
		escape = text(args[2])
	}
	p, err := patternOf(source, escape)
	if err != nil {
		return nil, err
	}
	if p.matches(text(args[1])) {
		return int64(1), nil
	}
	return int64(0), nil
}

// text is the value as SQLite writes it as text.
func text(value driver.Value) string {
	switch v := value.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		s := strconv.FormatFloat(v, 'g', 15, 64)
		if !strings.ContainsAny(s, ".eEIN") {
			s += ".0"
		}
		return s
	}
	return fmt.Sprint(value)
}
