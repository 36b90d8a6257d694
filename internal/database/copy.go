package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"modernc.org/sqlite"
)

// copyPages is how many pages (4 KB each) are copied between two looks at the context.
const copyPages = 2048

// Copy writes a database, as it is now, to a new file that only this user may read. It reads one snapshot, so others write
// meanwhile and do not wait; until it ends, what they write stays in the write-ahead log. After each 8 MB what was copied is on
// the disk, so that the commits of others never wait for much of it, and between is asked whether to go on: its error ends the copy.
//
// A process that has a database open must not copy its files itself: when it closes any file descriptor of them it loses
// the locks of SQLite on them (https://www.sqlite.org/howtocorrupt.html, 2.2), and the next process that opens the database takes itself for
// the only one.
func Copy(ctx context.Context, from, to string, between func() error) (err error) {
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, target.Close()); err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	db, err := sql.Open("sqlite", from+"?_pragma=busy_timeout(10000)&_pragma=cache_size(-1000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	// The transaction holds the snapshot between the steps: without it each write of others would start the copy anew.
	snapshot, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, snapshot.Close()) }()
	for _, statement := range []string{"BEGIN", "SELECT COUNT(*) FROM sqlite_schema"} {
		if _, err := snapshot.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("begin to read the database: %w", err)
		}
	}
	defer func() {
		_, end := snapshot.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		err = errors.Join(err, end)
	}()
	return snapshot.Raw(func(connection any) error {
		source, ok := connection.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the driver of SQLite cannot copy a database")
		}
		// The file is new, and removed when the copy fails: it needs no journal.
		work, err := source.NewBackup(to + "?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=cache_size(-1000)")
		if err != nil {
			return fmt.Errorf("open the copy: %w", err)
		}
		return errors.Join(copySteps(ctx, work, target, between), work.Finish(), target.Sync())
	})
}

func copySteps(ctx context.Context, work *sqlite.Backup, target *os.File, between func() error) error {
	for {
		more, err := work.Step(copyPages)
		if err != nil {
			return fmt.Errorf("copy the database: %w", err)
		}
		if !more {
			return nil
		}
		if err := errors.Join(context.Cause(ctx), target.Sync(), between()); err != nil {
			return err
		}
	}
}
