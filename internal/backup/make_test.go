package backup

import (
	"archive/zip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
)

// names lists the files in an archive, sorted.
func names(t *testing.T, path string) []string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	must(t, err)
	defer archive.Close()
	var list []string
	for _, f := range archive.File {
		list = append(list, f.Name)
	}
	slices.Sort(list)
	return list
}

func TestABackupHasTheDatabasesAndFilesButWhatIsLeftOut(t *testing.T) {
	app := apptest.New(t)
	t.Setenv("TMPDIR", t.TempDir())
	for _, name := range []string{"storage/c/r/picture.png", "storage/other.txt", "gonets.tmp/1/half", "gonets.lock", "gonets.locks", "backups/old.zip"} {
		path := filepath.Join(app.DataDir(), filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, []byte(name), 0o600))
	}
	must(t, Make(t.Context(), app, "", []string{"backups", "gonets.tmp", "gonets.lock"}))
	files, err := All(t.Context(), app)
	must(t, err)
	i := slices.IndexFunc(files, func(f File) bool { return regexp.MustCompile(`^pb_backup_\w+_\d{14}\.zip$`).MatchString(f.Name) })
	if i < 0 {
		t.Fatalf("the backups are %v", files)
	}
	got := names(t, filepath.Join(app.DataDir(), core.LocalBackupsDirName, files[i].Name))
	if want := []string{"auxiliary.db", "data.db", "gonets.locks", "storage/c/r/picture.png", "storage/other.txt"}; !slices.Equal(got, want) {
		t.Errorf("it has %v, want %v", got, want)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

func TestABackupThatIsStoppedLeavesNothing(t *testing.T) {
	app := apptest.New(t)
	t.Setenv("TMPDIR", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Make(ctx, app, "stopped.zip", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	if files, err := All(t.Context(), app); err != nil || len(files) > 0 {
		t.Errorf("the backups are %v, %v", files, err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

func TestAFileThatIsDeletedMeanwhileIsLeftOut(t *testing.T) {
	w, err := newWriter(t.TempDir(), t.TempDir())
	must(t, err)
	must(t, w.add(t.Context(), filepath.Join(w.data, "deleted.png"), "deleted.png"))
	must(t, w.close())
	if got := names(t, w.file.Name()); len(got) > 0 {
		t.Errorf("it has %v", got)
	}
}
