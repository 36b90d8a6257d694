package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

const (
	// DefaultFolder is where the data is kept unless told otherwise, in the working directory.
	DefaultFolder = "demo_data"

	// markerFile is in every folder of a demo and in no other: only with it is anything ever deleted.
	markerFile = "gonets.demo"
	// lockFile is locked by the process that runs the demo. The kernel releases it when the process
	// ends, however it ends.
	lockFile = "gonets.demo.lock"

	markerText = "This folder belongs to `gonets demo`, which deletes it when told to start over (--reset).\n"
	filledText = "filled\n" // the last line once all data is there
)

// Folder is the data folder of a demo, claimed by this process.
type Folder struct {
	path   string
	lock   *flock.Flock
	filled bool
}

// Claim makes the folder this process's, so that no other demo uses it until Release. reset starts over:
// what is in the folder is deleted. So is what an interrupted first start left.
//
// It refuses a folder that holds anything and was not made by a demo, and one that another demo uses.
func Claim(path string, reset bool) (*Folder, error) {
	if _, err := os.Stat(filepath.Join(path, markerFile)); errors.Is(err, fs.ErrNotExist) {
		if err := adopt(path); err != nil {
			return nil, err
		}
	}
	f := &Folder{path: path, lock: flock.New(filepath.Join(path, lockFile))}
	ours, err := f.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the folder of the demo: %w", err)
	}
	if !ours {
		return nil, fmt.Errorf("another demo is using %s: stop it first, or give this one a folder of its own with --dir", path)
	}
	if err := f.prepare(reset); err != nil {
		return nil, errors.Join(err, f.Release())
	}
	return f, nil
}

// prepare reads the marker and empties the folder if it has to be.
func (f *Folder) prepare(reset bool) error {
	written, err := os.ReadFile(filepath.Join(f.path, markerFile))
	if err != nil {
		return fmt.Errorf("read the marker of the demo: %w", err)
	}
	f.filled = !reset && strings.HasSuffix(string(written), filledText)
	if f.filled {
		return nil
	}
	return f.empty()
}

// adopt makes a new or empty folder a demo's.
func adopt(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look into %s: %w", path, err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s holds data that was not made by `gonets demo`: choose a new folder with --dir", path)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("make the folder of the demo: %w", err)
	}
	if err := os.WriteFile(filepath.Join(path, markerFile), []byte(markerText), 0o600); err != nil {
		return fmt.Errorf("mark the folder of the demo: %w", err)
	}
	return nil
}

// empty deletes the data, after the marker says that it is not complete any more.
func (f *Folder) empty() error {
	if err := os.WriteFile(filepath.Join(f.path, markerFile), []byte(markerText), 0o600); err != nil {
		return fmt.Errorf("mark the folder of the demo: %w", err)
	}
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return fmt.Errorf("look into %s: %w", f.path, err)
	}
	for _, e := range entries {
		if e.Name() == markerFile || e.Name() == lockFile {
			continue
		}
		if err := os.RemoveAll(filepath.Join(f.path, e.Name())); err != nil {
			return fmt.Errorf("start over: %w", err)
		}
	}
	return nil
}

// Path is where the folder is.
func (f *Folder) Path() string { return f.path }

// Filled is true when the folder has the whole data of a demo.
func (f *Folder) Filled() bool { return f.filled }

// MarkFilled notes that the folder has the whole data of a demo.
func (f *Folder) MarkFilled() error {
	if err := os.WriteFile(filepath.Join(f.path, markerFile), []byte(markerText+filledText), 0o600); err != nil {
		return fmt.Errorf("mark the folder of the demo: %w", err)
	}
	f.filled = true
	return nil
}

// Release lets other processes claim the folder.
func (f *Folder) Release() error { return f.lock.Unlock() }
