package delivery

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/launch"
	"gonets/internal/mailing"
	"gonets/internal/tempdir"
)

// A restored backup brings back an old database: it does not know of the mails that went out after it was
// made, and would have them sent again. So while mails go out an epoch counts up, once a second, in the
// database and then in a file beside it, which backups leave out. Books whose epoch is behind the file
// are old ones. A file that is behind says nothing: when the power goes it may not get there.

const epochFile = "gonets.epoch"

// epoch is a point in the life of the database of one instance.
type epoch struct {
	instance string
	n        int64
}

// BesideBackups are the files and folders in the data directory that belong to this machine and this moment, and
// are no part of a backup or a restore.
func BesideBackups() []string { return []string{lockFile, launch.LockFile, epochFile, tempdir.Name} }

// pauseIfOlder pauses all mailings that run or are scheduled if the database is older than what was
// sent. Their owners decide. Those that are paused in it get the reason too: they may have been resumed since.
func (e *Engine) pauseIfOlder(ctx context.Context) error {
	books, err := readEpoch(e.app.ConcurrentDB())
	if err != nil {
		return err
	}
	file, err := e.readEpochFile()
	switch {
	case errors.Is(err, fs.ErrNotExist) && books.n == 0:
		return e.writeEpochFile(books) // nothing was sent yet
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case err == nil && file.instance == books.instance && file.n <= books.n:
		return nil
	}
	e.app.Logger().Warn("the database is older than what was sent, as after restoring a backup: mailings are paused",
		"database", books.n, "file", file.n)
	err = e.app.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		err := mailing.PauseAll(db, `status IN ('running', 'scheduled', 'paused')`, dbx.Params{}, mailing.NewReason(mailing.WaitBackup, "", time.Time{}))
		if err != nil {
			return err
		}
		if err := settleCalls(db); err != nil {
			return err
		}
		if file.instance == books.instance {
			books.n = max(books.n, file.n)
		}
		books.n++
		_, err = db.NewQuery(`UPDATE engine SET epoch = {:epoch} WHERE id = 1`).Bind(dbx.Params{"epoch": books.n}).Execute()
		return err
	})
	if err != nil {
		return fmt.Errorf("hold the mailings of old books: %w", err)
	}
	return e.writeEpochFile(books)
}

func readEpoch(db dbx.Builder) (epoch, error) {
	var e epoch
	if err := db.NewQuery(`SELECT instance, epoch FROM engine WHERE id = 1`).Row(&e.instance, &e.n); err != nil {
		return e, fmt.Errorf("read the epoch of the database: %w", err)
	}
	return e, nil
}

func (e *Engine) epochPath() string { return filepath.Join(e.app.DataDir(), epochFile) }

func (e *Engine) readEpochFile() (epoch, error) {
	raw, err := os.ReadFile(e.epochPath())
	if err != nil {
		return epoch{}, fmt.Errorf("read the epoch: %w", err)
	}
	var file epoch
	if _, err := fmt.Sscan(string(raw), &file.instance, &file.n); err != nil {
		return epoch{}, nil // not ours, or half written: the database cannot be trusted to be the newest
	}
	return file, nil
}

// writeEpochFile replaces the file in one step.
func (e *Engine) writeEpochFile(at epoch) error {
	path := e.epochPath()
	// Not beside the file: a backup that reads the data folder fails when a file vanishes, and leaves this folder out.
	folder := filepath.Join(filepath.Dir(path), tempdir.Name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("write the epoch: %w", err)
	}
	f, err := os.CreateTemp(folder, epochFile+".*")
	if err != nil {
		return fmt.Errorf("write the epoch: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s %d\n", strings.TrimSpace(at.instance), at.n)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write the epoch: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// keepEpoch counts up the epoch if batches were written since it was counted up last, at most once a
// second.
func (s *session) keepEpoch(now time.Time) error {
	if now.Sub(s.countedAt) < time.Second {
		return nil
	}
	s.countedAt = now
	return s.countEpoch()
}

func (s *session) countEpoch() error {
	turns := s.ledger.Batches.Load()
	if turns == s.counted {
		return nil
	}
	var at epoch
	err := s.app.NonconcurrentDB().NewQuery(`UPDATE engine SET epoch = epoch + 1 WHERE id = 1 RETURNING instance, epoch`).
		Row(&at.instance, &at.n)
	if err != nil {
		return fmt.Errorf("count up the epoch: %w", err)
	}
	if err := s.writeEpochFile(at); err != nil {
		return err
	}
	s.counted = turns
	return nil
}
