package delivery

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Files beside the database. Backups leave them out (see epoch.go).
const (
	lockFile   = "gonets.lock"   // held by the process whose engine sends
	launchFile = "gonets.launch" // held, shared, by every process that launches a mailing
)

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

// launching marks that this process launches something, until the returned function is called. It
// waits while what interrupted launches left is being removed, which is seldom and takes seconds at
// most.
func launching(ctx context.Context, dataDir string) (done func(), err error) {
	f := flock.New(filepath.Join(dataDir, launchFile))
	ours, err := f.TryRLockContext(ctx, 20*time.Millisecond)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", f.Path(), err)
	}
	if !ours {
		return nil, fmt.Errorf("lock %s: %w", f.Path(), context.Cause(ctx))
	}
	return func() { _ = f.Unlock() }, nil
}

// nobodyLaunches keeps everybody from launching until the returned function is called; ok is false
// when some process is launching right now.
func nobodyLaunches(dataDir string) (done func(), ok bool, err error) {
	f := flock.New(filepath.Join(dataDir, launchFile))
	ours, err := f.TryLock()
	if err != nil {
		return nil, false, fmt.Errorf("lock %s: %w", f.Path(), err)
	}
	if !ours {
		return nil, false, nil
	}
	return func() { _ = f.Unlock() }, true, nil
}
