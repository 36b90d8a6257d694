package backup

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
	"github.com/pocketbase/pocketbase/tools/inflector"

	"gonets/internal/database"
)

// databases are PocketBase's, by the names of their files in the data folder.
var databases = []string{databaseFile, "auxiliary.db"}

// Make makes a backup as PocketBase does, with the same contents, name and place, but others write to the databases meanwhile: first it
// copies each database (database.Copy), then the other files of the data folder but exclude, files or folders relative to it. A file that
// is deleted meanwhile is left out. name may be "".
//
// It fails with errRoom before or while it writes when that would leave less than 512 MB on the disk, or when others fill the disk
// meanwhile, with errBusy, and as ExplainPlace says when S3 does not take it.
func Make(ctx context.Context, app core.App, name string, exclude []string) (err error) {
	if name == "" {
		name = newName(app, time.Now())
	}
	folder, err := os.MkdirTemp("", "backup-*") // in the data folder (internal/tempdir)
	if err != nil {
		return fmt.Errorf("make a folder for the backup: %w", err)
	}
	defer func() { err = errors.Join(explainFull(err), os.RemoveAll(folder)) }()
	w, err := newWriter(app.DataDir(), folder)
	if err != nil {
		return err
	}
	if err := errors.Join(w.write(ctx, exclude), w.close()); err != nil {
		return err
	}
	return store(ctx, app, w.file.Name(), name)
}

// newName is the name that PocketBase gives.
func newName(app core.App, now time.Time) string {
	service := inflector.Snakecase(app.Settings().Meta.AppName)
	return fmt.Sprintf("pb_backup_%s_%s.zip", service[:min(len(service), 50)], now.UTC().Format("20060102150405"))
}

// store brings the finished backup to its place, on this disk or in S3.
func store(ctx context.Context, app core.App, path, name string) error {
	fsys, err := app.NewBackupsFilesystem()
	if err != nil {
		return fmt.Errorf("open the place of backups: %w", err)
	}
	defer fsys.Close()
	fsys.SetContext(ctx)
	file, err := filesystem.NewFileFromPath(path)
	if err != nil {
		return err
	}
	file.Name, file.OriginalName = name, name
	if app.Settings().Backups.S3.Enabled {
		if err := fsys.UploadFile(file, name); err != nil {
			return fmt.Errorf("store the backup: %w", ExplainPlace(app, err, "backup_not_stored"))
		}
		return nil
	}
	if err := room(filepath.Dir(path), file.Size); err != nil {
		return err
	}
	before, err := fsys.Exists(name)
	if err != nil {
		return fmt.Errorf("look for the backup: %w", err)
	}
	if err := fsys.UploadFile(file, name); err != nil {
		// PocketBase puts half a file into its place when the disk becomes full.
		fsys.SetContext(context.WithoutCancel(ctx))
		if half, _ := fsys.Exists(name); half && !before {
			err = errors.Join(err, fsys.Delete(name))
		}
		return fmt.Errorf("store the backup: %w", err)
	}
	return nil
}

// writer writes a data folder into an archive.
type writer struct {
	data   string // the data folder
	folder string // for the archive, and for the copy of a database until it is in the archive
	file   *os.File
	zip    *zip.Writer
	synced int64 // bytes of the archive that are on the disk
}

func newWriter(data, folder string) (*writer, error) {
	// The largest at one time: the copy of the database, and the archive beside it. Databases of e-mails shrink to less than half.
	if err := room(folder, database.Bytes(data)/2*3); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(folder, "backup.zip"), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	w := &writer{data: data, folder: folder, file: file, zip: zip.NewWriter(file)}
	w.zip.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestSpeed) })
	return w, nil
}

func (w *writer) close() error { return errors.Join(w.zip.Close(), w.file.Sync(), w.file.Close()) }

func (w *writer) write(ctx context.Context, exclude []string) error {
	for _, name := range databases {
		if err := w.addDatabase(ctx, name); err != nil {
			return fmt.Errorf("back up %s: %w", name, err)
		}
	}
	return fs.WalkDir(os.DirFS(w.data), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // deleted since it was listed
		case err != nil:
			return err
		case excludes(exclude, name) && entry.IsDir():
			return fs.SkipDir
		case excludes(exclude, name) || !entry.Type().IsRegular() || isOfDatabase(name):
			return nil
		}
		return w.add(ctx, filepath.Join(w.data, filepath.FromSlash(name)), name)
	})
}

// excludes reports whether a file or folder, or one that it is in, is among those to leave out.
func excludes(exclude []string, name string) bool {
	return slices.ContainsFunc(exclude, func(e string) bool {
		e = filepath.ToSlash(filepath.Clean(e))
		return name == e || strings.HasPrefix(name, e+"/")
	})
}

// isOfDatabase reports whether a file in the data folder is a database or its log, which must not be opened (database.Copy).
func isOfDatabase(name string) bool {
	return slices.ContainsFunc(databases, func(d string) bool { return name == d || strings.HasPrefix(name, d+"-") })
}

func (w *writer) addDatabase(ctx context.Context, name string) (err error) {
	from, to := filepath.Join(w.data, name), filepath.Join(w.folder, name)
	most := mostLog(from)
	err = database.Copy(ctx, from, to, func() error {
		if log, err := os.Stat(from + "-wal"); err == nil && log.Size() > most {
			return fmt.Errorf("%w: %d MB were written while it was copied", errBusy, log.Size()>>20)
		}
		return room(w.folder, 0)
	})
	if err != nil {
		return err
	}
	return errors.Join(w.add(ctx, to, name), os.Remove(to))
}

// mostLog is how long the write-ahead log of a database may get while it is copied, in bytes.
func mostLog(path string) int64 {
	most := int64(1 << 30)
	if about, err := os.Stat(path); err == nil {
		most += about.Size() / 4
	}
	return most
}

// add puts a file into the archive, unless it was deleted meanwhile.
func (w *writer) add(ctx context.Context, path, name string) error {
	from, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer from.Close()
	about, err := from.Stat()
	if err != nil {
		return err
	}
	header, err := zip.FileInfoHeader(about)
	if err != nil {
		return err
	}
	header.Name, header.Method = name, zip.Deflate
	to, err := w.zip.CreateHeader(header)
	if err != nil {
		return err
	}
	for {
		_, err := io.CopyN(to, from, syncEvery)
		if errors.Is(err, io.EOF) {
			return w.pause(ctx)
		}
		if err == nil {
			err = w.pause(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// syncEvery is how many bytes may wait to be written to the disk: the commits of others wait for them.
const syncEvery = 16 << 20

// pause looks whether to go on, and brings to the disk what was written.
func (w *writer) pause(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	at, err := w.file.Seek(0, io.SeekCurrent)
	if err != nil || at-w.synced < syncEvery/4 {
		return err
	}
	w.synced = at
	return errors.Join(w.file.Sync(), room(w.folder, 0))
}
