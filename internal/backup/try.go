package backup

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/disk"
	"gonets/internal/printable"
	"gonets/internal/results"
)

// Trial is what was found out about a backup.
type Trial struct {
	File
	OK bool `json:"ok"`
	// Problems say in English why it cannot be restored as it is, or what is wrong in it.
	Problems []string `json:"problems"`
	Files    int      `json:"files"`    // in the backup; each was read and is whole
	Database int64    `json:"database"` // bytes of its database
	Clients  int64    `json:"clients"`
	Mailings int64    `json:"mailings"`

	unpacked int64 // bytes of all its files
}

// ErrNoSuch is the error of Try for a name that no backup has.
var ErrNoSuch = errors.New("there is no such backup")

// What is not begun, or is stopped, for lack of room; and a backup that is stopped because too much is written meanwhile.
var (
	errRoom = denial.New(http.StatusInsufficientStorage, "no_room", "backup", "there is not enough room on the disk: delete old backups or make room")
	errBusy = denial.New(http.StatusServiceUnavailable, "written_too_fast", "backup", "more is being written than can be copied: make the backup while less is sent")
)

// reserve is what a backup and a trial leave free on the disk, in bytes, so that sending goes on beside them.
const reserve = 512 << 20

// databaseFile is the database in a backup; its log may be beside it.
const databaseFile = "data.db"

// Try reads every file of a backup, opens a copy of its database beside the real one, brings that up to date, and checks that it is whole
// and that the counters match the recipients. Nothing of the instance is changed, and the copy is removed. It takes as much room as
// the database in the backup, and the backup itself when it is on another machine; that is checked before.
//
// It fails with ErrNoSuch, with errRoom, as ExplainPlace says, and when the backup cannot be read because of something else than itself.
func Try(ctx context.Context, app core.App, name string) (Trial, error) {
	t := Trial{Problems: []string{}}
	if name == "" || filepath.Base(name) != name || !strings.HasSuffix(name, ".zip") {
		return t, ErrNoSuch
	}
	folder, err := os.MkdirTemp("", "backup-*") // in the data folder (internal/tempdir)
	if err != nil {
		return t, fmt.Errorf("make a folder for the trial: %w", err)
	}
	defer os.RemoveAll(folder)
	path, err := t.local(ctx, app, name, folder)
	if err != nil {
		return t, explainFull(err)
	}
	copied, err := t.unpack(ctx, path, filepath.Join(folder, "data"))
	if err != nil || !copied {
		return t, explainFull(err)
	}
	if err := explainFull(t.open(ctx, app, filepath.Join(folder, "data"))); err != nil {
		if ctx.Err() != nil {
			return t, context.Cause(ctx)
		}
		if errors.Is(err, errRoom) {
			return t, err
		}
		t.problem("the database cannot be opened: %v", err)
	}
	t.OK = len(t.Problems) == 0
	return t, nil
}

func (t *Trial) problem(format string, args ...any) {
	t.Problems = append(t.Problems, fmt.Sprintf(format, args...))
}

// local returns the path of the backup on this machine, in folder if it had to be fetched.
func (t *Trial) local(ctx context.Context, app core.App, name, folder string) (path string, err error) {
	fsys, err := app.NewBackupsFilesystem()
	if err != nil {
		return "", fmt.Errorf("open the place of backups: %w", err)
	}
	defer fsys.Close()
	fsys.SetContext(ctx)
	if ok, err := fsys.Exists(name); err != nil {
		return "", fmt.Errorf("look for the backup: %w", ExplainPlace(app, err, "backups_unreadable"))
	} else if !ok {
		return "", ErrNoSuch
	}
	about, err := fsys.Attributes(name)
	if err != nil {
		return "", fmt.Errorf("look at the backup: %w", err)
	}
	t.File = File{Name: name, Bytes: about.Size, Made: about.ModTime}
	if !app.Settings().Backups.S3.Enabled {
		return filepath.Join(app.DataDir(), core.LocalBackupsDirName, name), nil
	}
	if err := room(folder, about.Size); err != nil {
		return "", err
	}
	from, err := fsys.GetReader(name)
	if err != nil {
		return "", fmt.Errorf("fetch the backup: %w", ExplainPlace(app, err, "backups_unreadable"))
	}
	defer from.Close()
	path = filepath.Join(folder, "backup.zip")
	_, err = write(path, io.LimitReader(from, about.Size))
	return path, err
}

// room checks that a disk has room for so many bytes, and leaves the reserve.
func room(folder string, bytes int64) error {
	free, err := disk.Free(folder)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look how much room there is: %w", err)
	}
	if int64(free) < bytes+reserve {
		return fmt.Errorf("%w: it takes %d MB and leaves %d MB, and %d MB are free", errRoom, bytes>>20, reserve>>20, free>>20)
	}
	return nil
}

// unpack reads all files of the backup, which compares their checksums, and copies the database. It returns false when there is
// none to open.
func (t *Trial) unpack(ctx context.Context, path, to string) (copied bool, err error) {
	archive, err := zip.OpenReader(path)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) {
		t.problem("it is no backup: %v", err)
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("open the backup: %w", err)
	}
	defer archive.Close()
	for _, f := range archive.File {
		if !isDatabase(f) {
			continue
		}
		// Nothing beyond what it says is read from it.
		if f.UncompressedSize64 > maxDatabase {
			t.problem("%s says that it has %d bytes", f.Name, f.UncompressedSize64)
			return false, nil
		}
		t.Database += int64(f.UncompressedSize64)
	}
	if err := room(filepath.Dir(to), t.Database); err != nil {
		return false, err
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		return false, err
	}
	for _, f := range archive.File {
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		if !f.Mode().IsRegular() {
			continue
		}
		target := ""
		if isDatabase(f) {
			target = filepath.Join(to, f.Name)
		}
		if err := readFile(ctx, f, target); err != nil {
			var disk *os.PathError
			if ctx.Err() != nil {
				return false, context.Cause(ctx)
			}
			if errors.As(err, &disk) && !errors.Is(err, fs.ErrExist) { // a name that comes twice
				return false, err
			}
			t.problem("%s cannot be read: %v", f.Name, err)
			continue
		}
		t.Files++
		t.unpacked += int64(f.UncompressedSize64) // as long as it says: it was read
		copied = copied || f.Name == databaseFile
	}
	if !copied {
		t.problem("there is no whole database in it")
	}
	return copied, nil
}

// maxDatabase is how large a database of SQLite may be, in bytes (https://www.sqlite.org/limits.html).
const maxDatabase = 281 << 40

func isDatabase(f *zip.File) bool { return f.Name == databaseFile || f.Name == databaseFile+"-wal" }

// readFile reads a file of an archive to its end, and writes it to target unless that is "". The file says how long it is: a megabyte of an
// archive may have a gigabyte.
func readFile(ctx context.Context, f *zip.File, target string) error {
	file, err := f.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	from := stoppable{ctx, file}
	if target == "" {
		_, err = io.Copy(io.Discard, from)
		return err
	}
	_, err = write(target, from)
	return err
}

// stoppable reads until the context ends.
type stoppable struct {
	ctx  context.Context
	from io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.from.Read(p)
}

func write(path string, from io.Reader) (n int64, err error) {
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	return io.Copy(to, from)
}

// open opens the copy as an instance would, brings it up to date, and looks at it.
func (t *Trial) open(ctx context.Context, app core.App, folder string) (err error) {
	// Schedules and watchers of an instance begin when it serves, which this one does not.
	copied := core.NewBaseApp(core.BaseAppConfig{DataDir: folder, EncryptionEnv: app.EncryptionEnv(), DBConnect: database.Connect})
	if err := copied.Bootstrap(); err != nil {
		return errors.Join(err, copied.ResetBootstrapState())
	}
	defer func() {
		end := &core.TerminateEvent{App: copied}
		err = errors.Join(err, copied.OnTerminate().Trigger(end, func(*core.TerminateEvent) error { return copied.ResetBootstrapState() }))
	}()
	db := copied.NonconcurrentDB()
	var found []string
	if err := db.NewQuery(`PRAGMA quick_check(10)`).WithContext(ctx).Column(&found); err != nil {
		return err
	}
	if len(found) != 1 || found[0] != "ok" {
		t.problem("the database is damaged: %s", strings.Join(found, "; "))
		return nil
	}
	newer, err := database.UnknownChanges(ctx, db)
	if err != nil {
		return err
	}
	if len(newer) > 0 {
		t.problem("the database was made by a newer version of Gonets, with %s that this one does not know: restore it with that version", printable.Count(int64(len(newer)), "change", "changes"))
		return nil
	}
	if err := copied.RunAllMigrations(); err != nil {
		return fmt.Errorf("bring it up to date: %w", err)
	}
	if err := db.NewQuery(`SELECT (SELECT COUNT(*) FROM clients), (SELECT COUNT(*) FROM mailings)`).WithContext(ctx).Row(&t.Clients, &t.Mailings); err != nil {
		return err
	}
	bad, err := results.Unbalanced(ctx, db)
	if err != nil {
		return err
	}
	for _, b := range bad[:min(len(bad), 10)] {
		t.problem("mailing %s counts %s (total, sent, failed, uncertain, skipped, deferred, bounced) but its recipients say %s", b.Mailing, b.Counted, b.Found)
	}
	return nil
}
