package database

import (
	"log/slog"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Each connection has its own memory for small blocks (lookaside), and takes whatever does not fit from the allocator of the driver's
// libc. That maps pages of 64 KB, and unmaps a page as soon as nothing in it is used: what is allocated and freed again and again
// may be mapped and unmapped each time. So each connection has more of its own.

// slots of slotSize bytes, 240 KB a connection, hold the prepared statements of the ledger and what they allocate while
// they run. SQLite's own 40 were used up by the prepared statements.
const (
	slotSize = 1200
	slots    = 200
)

// SQLite takes this setting only before the first connection of the process, whoever opens it.
func init() {
	tls := libc.NewTLS()
	defer tls.Close()
	values := libc.NewVaList(int32(slotSize), int32(slots))
	defer libc.Xfree(tls, values)
	if code := sqlite3.Xsqlite3_config(tls, sqlite3.SQLITE_CONFIG_LOOKASIDE, values); code != sqlite3.SQLITE_OK {
		slog.Warn("SQLite does not take the size of its connections' memory; sending may be slower", "code", code)
	}
}
