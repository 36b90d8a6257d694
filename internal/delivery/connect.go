// Package delivery is the engine that takes a launched mailing to its last answer: the ledger, the
// queue, the workers, retries, limits and the schedule.
package delivery

import (
	"path/filepath"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	_ "gonets/internal/like" // LIKE, and so search and filters, know no case in any alphabet
)

// Connect opens one of PocketBase's two databases.
//
// The one with the books (data.db) is opened with synchronous=FULL. PocketBase's own NORMAL can
// lose the last commits in a power cut, which here means mail sent twice: the ledger would have
// forgotten that it was handed over. Logs keep PocketBase's settings.
//
// Transactions take the write lock when they begin. One that reads first and writes then, as most of
// ours do, would fail at once with "database is locked" when another process has written in between:
// busy_timeout waits for a lock, but never makes an old view of the books new.
func Connect(path string) (*dbx.DB, error) {
	if filepath.Base(path) != "data.db" {
		return core.DefaultDBConnect(path)
	}
	// busy_timeout comes first: the connection must already wait when WAL mode is set.
	return dbx.Open("sqlite", path+"?_txlock=immediate"+
		"&_pragma=busy_timeout(10000)"+
		"&_pragma=journal_mode(WAL)"+
		"&_pragma=journal_size_limit(200000000)"+
		"&_pragma=synchronous(FULL)"+
		"&_pragma=foreign_keys(ON)"+
		"&_pragma=temp_store(MEMORY)"+
		"&_pragma=cache_size(-32000)")
}
