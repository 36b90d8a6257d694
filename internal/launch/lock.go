package launch

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// LockFile is a file beside the database that every process holds, shared, while it launches a mailing. Backups leave
// it out.
const LockFile = "gonets.launch"

// launching marks that this process launches something, until the returned function is called. It
// waits while what interrupted launches left is being removed, which is seldom and takes seconds at
// most.
func launching(ctx context.Context, dataDir string) (done func(), err error) {
	f := flock.New(filepath.Join(dataDir, LockFile))
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
	f := flock.New(filepath.Join(dataDir, LockFile))
	ours, err := f.TryLock()
	if err != nil {
		return nil, false, fmt.Errorf("lock %s: %w", f.Path(), err)
	}
	if !ours {
		return nil, false, nil
	}
	return func() { _ = f.Unlock() }, true, nil
}
