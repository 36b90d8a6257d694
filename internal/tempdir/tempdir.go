// Package tempdir manages a folder for temporary files in the data folder, so that uploads and unpacked files are on the
// same disk, cannot be read by other users, and can be removed after a crash.
//
// Each process has a subfolder of its own and holds a lock on a file beside it, which the kernel releases however the process
// ends. Subfolders without a locked file are left over.
package tempdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gofrs/flock"
)

// Name is the name of the folder in the data folder. Backups leave it out.
const Name = "gonets.tmp"

const lockEnding = ".lock"

// use makes a subfolder for this process and sets the environment variables of os.TempDir to it. done removes the subfolder.
func use(dataDir string) (done func() error, err error) {
	root := filepath.Join(dataDir, Name)
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for temporary files: %w", err)
	}
	held, err := newLock(root)
	if err != nil {
		return nil, fmt.Errorf("lock the folder for temporary files: %w", err)
	}
	folder := strings.TrimSuffix(held.Path(), lockEnding)
	done = func() error { return errors.Join(os.RemoveAll(folder), held.Close(), os.Remove(held.Path())) }
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for temporary files: %w", errors.Join(err, done()))
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return nil, errors.Join(err, done())
	}
	for _, name := range variables() {
		if err := os.Setenv(name, folder); err != nil {
			return nil, fmt.Errorf("name the folder for temporary files: %w", errors.Join(err, done()))
		}
	}
	return done, nil
}

func variables() []string {
	if runtime.GOOS == "windows" {
		return []string{"TMP", "TEMP"}
	}
	return []string{"TMPDIR"}
}

// newLock creates a new lock file and locks it.
func newLock(root string) (*flock.Flock, error) {
	for {
		file, err := os.CreateTemp(root, "*"+lockEnding)
		if err != nil {
			return nil, err
		}
		path := file.Name()
		made, err := file.Stat()
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		l := flock.New(path, flock.SetFlag(os.O_RDWR))
		ours, err := l.TryLock()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed before it was locked
		}
		if err != nil {
			return nil, err
		}
		if now, err := os.Stat(path); ours && err == nil && os.SameFile(made, now) {
			return l, nil
		}
		_ = l.Close() // being removed
	}
}

// Sweep removes the subfolders of processes that ended without removing them. Only the holder of the engine's lock calls it,
// so that no two processes do it at the same time.
func Sweep(dataDir string) error {
	root := filepath.Join(dataDir, Name)
	entries, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list temporary files that were left: %w", err)
	}
	var all error
	for _, entry := range entries {
		all = errors.Join(all, sweep(root, strings.TrimSuffix(entry.Name(), lockEnding)))
	}
	if all != nil {
		return fmt.Errorf("remove temporary files that were left: %w", all)
	}
	return nil
}

// sweep removes a subfolder and its lock file unless a process has locked it.
func sweep(root, name string) error {
	folder := filepath.Join(root, name)
	l := flock.New(folder+lockEnding, flock.SetFlag(os.O_RDWR))
	ours, err := l.TryLock()
	switch {
	case errors.Is(err, fs.ErrNotExist): // the lock is made before the folder and removed after it
		return os.RemoveAll(folder)
	case err != nil:
		return err
	case !ours:
		return nil
	}
	return errors.Join(os.RemoveAll(folder), l.Close(), os.Remove(l.Path()))
}
