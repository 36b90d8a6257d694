// Package backup makes backups of an instance, and knows the last one, and whether one can be restored.
package backup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/recall"
)

// File is a backup.
type File struct {
	Name  string    `json:"name"`
	Bytes int64     `json:"bytes"`
	Made  time.Time `json:"made"`
}

// Last returns the newest backup; ok is false when there is none.
func Last(ctx context.Context, app core.App) (last File, ok bool, err error) {
	files, err := All(ctx, app)
	if err != nil || len(files) == 0 {
		return File{}, false, err
	}
	return files[0], true, nil
}

// All returns the backups, the newest first. It fails as ExplainPlace says when they are in S3.
func All(ctx context.Context, app core.App) ([]File, error) {
	fsys, err := app.NewBackupsFilesystem()
	if err != nil {
		return nil, fmt.Errorf("open the place of backups: %w", err)
	}
	defer fsys.Close()
	fsys.SetContext(ctx)
	found, err := fsys.List("")
	if err != nil {
		return nil, fmt.Errorf("list the backups: %w", ExplainPlace(app, err, "backups_unreadable"))
	}
	files := []File{}
	for _, f := range found {
		if strings.HasSuffix(f.Key, ".zip") {
			files = append(files, File{Name: f.Key, Bytes: f.Size, Made: f.ModTime})
		}
	}
	slices.SortFunc(files, func(a, b File) int { return b.Made.Compare(a.Made) })
	return files, nil
}

const (
	// freshOnDisk and freshElsewhere are how long a Watch keeps what it knows: another machine is asked rarely.
	freshOnDisk    = 15 * time.Second
	freshElsewhere = 10 * time.Minute
	// listTime bounds how long the list of backups may take.
	listTime = 20 * time.Second
)

// Watch knows the newest backup without listing all of them each time.
type Watch struct {
	app  core.App
	list *recall.Value[listed]
}

// listed is what Last has returned.
type listed struct {
	last File
	ok   bool
	err  error
}

// NewWatch makes a watch over the backups of an instance.
func NewWatch(app core.App) *Watch {
	return &Watch{app: app, list: recall.New(func() listed {
		ctx, cancel := context.WithTimeout(context.Background(), listTime)
		defer cancel()
		last, ok, err := Last(ctx, app)
		return listed{last, ok, err}
	})}
}

// Last is the newest backup as it was seconds ago, or minutes ago when backups are on another machine. Only the first call waits for
// that machine.
func (w *Watch) Last() (last File, ok bool, err error) {
	fresh := freshOnDisk
	if w.app.Settings().Backups.S3.Enabled {
		fresh = freshElsewhere
	}
	l := w.list.Get(fresh)
	return l.last, l.ok, l.err
}
