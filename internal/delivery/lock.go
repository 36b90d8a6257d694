package delivery

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockFile is held by the process whose engine sends. Backups leave it out (see epoch.go).
const lockFile = "gonets.lock"

// lockPoll is how often a process that waits for the lock looks whether it is free.
const lockPoll = 250 * time.Millisecond

// lock sees to it that one process sends. The kernel releases it when the process ends, however it
// ends.
type lock struct{ file *flock.Flock }

func newLock(dataDir string) *lock {
	return &lock{file: flock.New(filepath.Join(dataDir, lockFile))}
}

// wait returns when the lock is ours, and calls taken first if it is not at once. It fails when ctx ends
// first or the file cannot be opened.
func (l *lock) wait(ctx context.Context, taken func()) error {
	ours, err := l.file.TryLock()
	if err == nil && !ours {
		taken()
		ours, err = l.file.TryLockContext(ctx, lockPoll)
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", l.file.Path(), err)
	}
	if !ours {
		return fmt.Errorf("lock %s: %w", l.file.Path(), context.Cause(ctx))
	}
	return nil
}

func (l *lock) release() error { return l.file.Unlock() }
