package database

import (
	"log/slog"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Each connection of SQLite has slots of its own for small allocations (its lookaside memory). Its default, 40 slots of 1200
// bytes, is used up by ten prepared statements. Then whatever a statement allocates while it runs comes from the allocator of
// the whole process, which returns each page of 64 KB to the kernel as soon as nothing in it is used. When the pages of a size
// happen to be full, every row that is written maps a page and unmaps it again, at twice the cost of the row.
//
// 200 slots, 240 KB a connection, hold the statements of the ledger and what they allocate while they run.
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
		slog.Warn("SQLite does not take the setting of its memory; sending may be slower", "code", code)
	}
}
