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
	// DefaultFolder is the default data folder, in the working directory.
	DefaultFolder = "demo_data"

	// markerFile is in every folder of a demo and in no other: without it nothing is ever deleted.
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

// Claim locks the folder for this process until Release. With reset, or after an interrupted first start, it deletes the data
// in the folder.
//
// It refuses a folder with other files, and one that another demo uses.
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

// adopt marks a new or empty folder as one of a demo.
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

// empty deletes the data, after it has marked it as incomplete.
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

// Path is the path of the folder.
func (f *Folder) Path() string { return f.path }

// Filled reports whether the folder has the complete data of a demo.
func (f *Folder) Filled() bool { return f.filled }

// MarkFilled marks the data of the folder as complete.
func (f *Folder) MarkFilled() error {
	if err := os.WriteFile(filepath.Join(f.path, markerFile), []byte(markerText+filledText), 0o600); err != nil {
		return fmt.Errorf("mark the folder of the demo: %w", err)
	}
	f.filled = true
	return nil
}

// Release lets other processes claim the folder.
func (f *Folder) Release() error { return f.lock.Unlock() }
