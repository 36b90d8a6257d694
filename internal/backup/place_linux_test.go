package backup

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"gonets/internal/apptest"
)

// TestAFileThatCannotBeWrittenToItsEndIsNoBackup lets no file be longer than a megabyte.
func TestAFileThatCannotBeWrittenToItsEndIsNoBackup(t *testing.T) {
	app := apptest.New(t)
	t.Setenv("TMPDIR", t.TempDir())
	path := filepath.Join(t.TempDir(), "whole.zip")
	must(t, os.WriteFile(path, make([]byte, 2<<20), 0o600))
	var before syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before))
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 20, Max: before.Max}))
	err := store(t.Context(), app, path, "half.zip")
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before))
	if !errors.Is(err, syscall.EFBIG) {
		t.Errorf("it ended with %v", err)
	}
	if files, err := All(t.Context(), app); err != nil || len(files) > 0 {
		t.Errorf("the backups are %v, %v", files, err)
	}
}
