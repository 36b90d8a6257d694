// Package database opens PocketBase's SQLite databases with the settings that Gonets needs, and makes their LIKE ignore
// the case of letters in every alphabet.
package database

import (
	"fmt"
	"path/filepath"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Connect opens one of PocketBase's two databases, with the case-insensitive LIKE.
//
// The one with the ledger (data.db) is opened with synchronous=FULL. PocketBase's own NORMAL can lose the last commits
// in a power cut, which here means mail sent twice: the ledger would have forgotten that it was submitted. Logs keep
// PocketBase's settings.
//
// Transactions take the write lock when they begin. One that reads first and writes then, as most of ours do, would
// fail at once with "database is locked" when another process has written in between: busy_timeout waits for a lock,
// but never renews the snapshot that a transaction reads.
//
// Each of up to 120 connections has a page cache of its own, outside of Go's heap. PocketBase's 32 MB for each made
// 450 MB of a few long answers at once; what 8 MB do not hold is in the cache of the operating system.
func Connect(path string) (*dbx.DB, error) {
	if err := registerLike(); err != nil {
		return nil, fmt.Errorf("register LIKE: %w", err)
	}
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
		"&_pragma=cache_size(-8000)")
}
