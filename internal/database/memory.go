package database

import (
	"log/slog"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// How SQLite gets its memory. The allocator of the driver's libc maps pages of 64 KB, one size in each, and unmaps a page as soon
// as nothing in it is used. A block of 8 or 16 KB has a page nearly for itself, so whatever is allocated and freed again and
// again, such as the pages of a temporary table or the space to split a page of an index, is mapped and unmapped each time: three
// system calls and new pages of the kernel. In a batch of the ledger that took half of the time.
//
// So each connection has more slots of its own for small blocks (its lookaside memory), and of larger blocks some are kept
// when they are freed (recycle.go).

// slots of slotSize bytes, 240 KB a connection, hold the prepared statements of the ledger and what they allocate while
// they run. SQLite's own 40 were used up by the prepared statements.
const (
	slotSize = 1200
	slots    = 200
)

// SQLite takes these settings only before the first connection of the process, whoever opens it.
func init() {
	tls := libc.NewTLS()
	defer tls.Close()
	configure := func(option int32, values ...any) {
		list := libc.NewVaList(values...)
		defer libc.Xfree(tls, list)
		if code := sqlite3.Xsqlite3_config(tls, option, list); code != sqlite3.SQLITE_OK {
			slog.Warn("SQLite does not take a setting of its memory; sending may be slower", "option", option, "code", code)
		}
	}
	configure(sqlite3.SQLITE_CONFIG_LOOKASIDE, int32(slotSize), int32(slots))
	configure(sqlite3.SQLITE_CONFIG_GETMALLOC, uintptr(unsafe.Pointer(&methods)))
	blocks.allocate = *(*func(*libc.TLS, int32) uintptr)(unsafe.Pointer(&methods.FxMalloc))
	blocks.release = *(*func(*libc.TLS, uintptr))(unsafe.Pointer(&methods.FxFree))
	blocks.sizeOf = *(*func(*libc.TLS, uintptr) int32)(unsafe.Pointer(&methods.FxSize))
	methods.FxMalloc, methods.FxFree, methods.FxRoundup = function(allocate), function(release), function(roundUp)
	configure(sqlite3.SQLITE_CONFIG_MALLOC, uintptr(unsafe.Pointer(&methods)))
}

// methods are SQLite's functions of memory. It has a fixed address because SQLite reads it by that.
var methods sqlite3.Tsqlite3_mem_methods

// function is a function as the translated SQLite stores it in its structs. f must be declared by name: nothing else keeps
// a closure from being collected.
func function(f any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&f))[1] }
