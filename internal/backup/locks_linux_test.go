package backup

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"gonets/internal/apptest"
)

// TestABackupKeepsTheLocksOfSQLite asks the kernel: a process that closes a file loses all its locks on it, and another that opens the database
// then takes it for unused.
func TestABackupKeepsTheLocksOfSQLite(t *testing.T) {
	app := apptest.New(t)
	t.Setenv("TMPDIR", t.TempDir())
	before := locks(t, filepath.Join(app.DataDir(), "data.db-shm"))
	if before == 0 {
		t.Fatal("SQLite holds no lock to lose")
	}
	must(t, Make(t.Context(), app, "locks.zip", []string{"backups"}))
	if after := locks(t, filepath.Join(app.DataDir(), "data.db-shm")); after < before {
		t.Errorf("%d locks before, %d after", before, after)
	}
}

// locks counts the locks of this process on a file.
func locks(t *testing.T, path string) int {
	t.Helper()
	about, err := os.Stat(path)
	must(t, err)
	all, err := os.ReadFile("/proc/locks")
	must(t, err)
	n := 0
	for line := range strings.Lines(string(all)) {
		fields := strings.Fields(line)
		if slices.Contains(fields, fmt.Sprint(os.Getpid())) && strings.Contains(line, fmt.Sprintf(":%d ", about.Sys().(*syscall.Stat_t).Ino)) {
			n++
		}
	}
	return n
}
