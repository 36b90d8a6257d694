//go:build unix

package private

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestTheDataFolderIsMadePrivate(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "outside")
	for _, name := range []string{
		"data.db", "data.db-wal", "auxiliary.db", "gonets.epoch", "storage/c/r/picture.png", "backups/b.zip", "notes.txt",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(outside, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "storage", "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "backups", "b.zip"), 0o400); err != nil { // more is not given
		t.Fatal(err)
	}
	if err := Folder(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{
		".": 0o700, "data.db": 0o600, "data.db-wal": 0o600, "auxiliary.db": 0o600, "gonets.epoch": 0o600,
		"storage": 0o700, "storage/c/r": 0o700, "storage/c/r/picture.png": 0o600, "backups": 0o700, "backups/b.zip": 0o400,
		"notes.txt": 0o644,
	} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v (%v), want %v", name, info.Mode().Perm(), err, want)
		}
	}
	if info, err := os.Stat(outside); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("a file outside: %v (%v)", info, err)
	}
}

func TestAFolderWithoutADatabaseIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Folder(dir); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("%v (%v)", info.Mode().Perm(), err)
	}
}
